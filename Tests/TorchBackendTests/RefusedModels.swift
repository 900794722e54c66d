/// Golden models that the engine refuses, or computes in another way, on purpose.
enum RefusedModels {
  private static let reasons: [String: String] = [
    "batchnorm_epsilon_training_mode": "a graph exported in training mode",
    "batchnorm_example_training_mode": "a graph exported in training mode",
    "lstm_with_peepholes": "peepholes",
    "maxpool_with_argmax_2d_precomputed_pads": "indices of maxima",
    "maxpool_with_argmax_2d_precomputed_strides": "indices of maxima",
    "not_2d": "opset 1", "not_3d": "opset 1", "not_4d": "opset 1",
    "reduce_max_empty_set": "the maximum of nothing",
    "reduce_max_empty_set_bool": "the maximum of nothing",
    "reduce_min_empty_set": "the minimum of nothing",
    "resize_downsample_scales_cubic_antialias": "antialias",
    "resize_downsample_scales_linear_antialias": "antialias",
    "resize_downsample_sizes_cubic_antialias": "antialias",
    "resize_downsample_sizes_linear_antialias": "antialias",
    "resize_tf_crop_and_resize": "cropping", "resize_tf_crop_and_resize_axes_2_3": "cropping",
    "resize_tf_crop_and_resize_axes_3_2": "cropping",
    "resize_tf_crop_and_resize_extrapolation_value": "cropping",
  ]

  /// Where onnxruntime differs from the ONNX package's reference, the engine follows onnxruntime.
  private static let differing: Set<String> = [
    "resize_downsample_scales_cubic_align_corners",
    "resize_downsample_scales_linear_align_corners",
  ]

  static func reason(_ name: String) -> String? { reasons[nodeTest(name)] }

  static func isReadDifferently(_ name: String) -> Bool { differing.contains(nodeTest(name)) }

  private static func nodeTest(_ name: String) -> String {
    let prefix = "backend/test_"
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : ""
  }
}
