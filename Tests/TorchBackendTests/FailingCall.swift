import CTorch

@testable import TorchBackend

/// Tensors that failing calls are given.
final class ShimOperands {
  /// `[2, 3]`.
  let matrix: TorchTensor
  /// `[4]`.
  let vector: TorchTensor
  /// `[1, 2, 4, 4]`.
  let image: TorchTensor
  /// `[]`.
  let scalar: TorchTensor
  /// `[2]` of int64, the second too large for any other operand.
  let indices: TorchTensor

  init() throws {
    matrix = try TorchTensor([1, 2, 3, 4, 5, 6] as [Float], type: CT_FLOAT32, shape: [2, 3])
    vector = try TorchTensor([1, 2, 3, 4] as [Float], type: CT_FLOAT32, shape: [4])
    image = try TorchTensor(
      [Float](repeating: 1, count: 32), type: CT_FLOAT32, shape: [1, 2, 4, 4])
    scalar = try TorchTensor([7] as [Float], type: CT_FLOAT32, shape: [])
    indices = try TorchTensor([0, 9] as [Int64], type: CT_INT64, shape: [2])
  }
}

/// A call of the C shim that cannot succeed, and its answer.
struct FailingCall {
  /// Gets the operands, room for three results, and the place of the message.
  typealias Body = (ShimOperands, UnsafeMutablePointer<ct_tensor>, MessageOut) -> ct_status

  /// What the shim answered.
  struct Answer {
    let status: ct_status
    /// `nil` where no message was made.
    let message: String?
    let hasWrittenResult: Bool
  }

  let name: String
  let status: ct_status
  /// Part of the message.
  let words: String
  let body: Body

  init(_ name: String, _ status: ct_status, _ words: String, _ body: @escaping Body) {
    self.name = name
    self.status = status
    self.words = words
    self.body = body
  }

  func answer(_ operands: ShimOperands) -> Answer {
    let untouched = UnsafeMutableRawPointer(bitPattern: 0x5EA1)
    var results = [ct_tensor](repeating: ct_tensor(impl: untouched), count: 3)
    var message: UnsafeMutablePointer<CChar>?
    var status = CT_OK
    results.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { status = body(operands, base, &message) }
    }
    defer { ct_string_free(message) }
    return Answer(
      status: status, message: message.map { String(cString: $0) },
      hasWrittenResult: !results.allSatisfy { $0.impl == untouched })
  }

  static func all() -> [FailingCall] {
    missingOperands() + badArguments() + refusedByLibtorch() + withoutMemory() + thrown()
  }

  static var none: ct_tensor { ct_tensor() }

  static func lend(
    _ handles: [ct_tensor], _ body: (ct_tensors) -> ct_status
  ) -> ct_status {
    handles.withUnsafeBufferPointer {
      body(ct_tensors(values: $0.baseAddress, count: $0.count))
    }
  }

  /// Every function that needs a tensor, called with "none".
  private static func missingOperands() -> [FailingCall] {
    let calls: [(String, Body)] =
      missingElementwise() + missingShape() + missingNetwork() + missingStatistics()
      + missingTraining()
    return calls.map { FailingCall($0.0, CT_BAD_ARGUMENT, "a required tensor is missing", $0.1) }
  }

  private static func missingElementwise() -> [(String, Body)] {
    [
      ("alias", { ct_tensor_alias($1, none, $2) }),
      ("cast", { ct_cast($1, none, CT_FLOAT32, $2) }),
      ("channels last", { ct_channels_last($1, none, $2) }),
      ("assign to none", { ct_tensor_assign(none, $0.matrix.handle, $2) }),
      ("assign none", { ct_tensor_assign($0.matrix.handle, none, $2) }),
      ("read", { ct_tensor_read(none, nil, 0, $2) }),
      ("unary", { ct_unary($1, CT_EXP, none, 0, 0, $2) }),
      ("relu", { ct_relu_overwriting($1, none, $2) }),
      ("is infinite", { ct_is_infinite($1, none, true, true, $2) }),
      ("left operand", { ct_binary($1, CT_ADD, none, $0.matrix.handle, $2) }),
      ("right operand", { ct_binary($1, CT_ADD, $0.matrix.handle, none, $2) }),
      ("condition", { ct_where($1, none, $0.matrix.handle, $0.matrix.handle, $2) }),
      ("choice", { ct_where($1, $0.matrix.handle, $0.matrix.handle, none, $2) }),
      ("clip", { ct_clip($1, none, none, none, $2) }),
      ("softmax", { ct_softmax($1, none, 0, false, $2) }),
      ("reduce", { ct_reduce($1, CT_REDUCE_SUM, none, ct_extents(), false, $2) }),
      ("extreme index", { ct_extreme_index($1, none, 0, true, true, false, $2) }),
      ("top k", { ct_top_k($1, $1 + 1, none, 1, 0, true, $2) }),
      ("cumulative sum", { ct_cumulative_sum($1, none, 0, false, false, $2) }),
      ("matmul", { ct_matmul($1, $0.matrix.handle, none, false, $2) }),
      (
        "gemm",
        { ct_gemm($1, $0.matrix.handle, none, none, 1, 1, false, false, false, $2) }
      ),
      ("filled", { ct_filled($1, none, ct_extents(), $2) }),
      ("dropout", { ct_dropout($1, $1 + 1, none, 0.5, 1, $2) }),
    ]
  }

  private static func missingShape() -> [(String, Body)] {
    [
      ("reshape", { ct_reshape($1, none, ct_extents(), $2) }),
      ("permute", { ct_permute($1, none, ct_extents(), $2) }),
      ("expand", { ct_expand($1, none, ct_extents(), $2) }),
      ("tile", { ct_tile($1, none, ct_extents(), $2) }),
      (
        "concatenate",
        { operands, out, message in
          lend([operands.matrix.handle, none]) { ct_concatenate(out, $0, 0, message) }
        }
      ),
      ("slice", { ct_slice($1, none, 0, 0, 1, 1, $2) }),
      ("gather", { ct_gather($1, $0.matrix.handle, none, 0, $2) }),
      ("gather elements", { ct_gather_elements($1, $0.matrix.handle, none, 0, $2) }),
      ("gather nd", { ct_gather_nd($1, $0.matrix.handle, none, 0, $2) }),
      (
        "scatter elements",
        { ct_scatter_elements($1, CT_SCATTER_ADD, $0.matrix.handle, none, none, 0, $2) }
      ),
      ("scatter nd", { ct_scatter_nd($1, CT_SCATTER_ADD, $0.matrix.handle, none, none, $2) }),
      ("pad", { ct_pad($1, none, CT_PAD_EDGE, ct_extents(), ct_extents(), none, $2) }),
      ("triangle", { ct_triangle($1, none, 0, true, $2) }),
      ("range", { ct_range($1, $0.scalar.handle, $0.scalar.handle, none, $2) }),
      ("nonzero", { ct_nonzero($1, none, $2) }),
      ("one hot", { ct_one_hot($1, none, 3, none, 0, $2) }),
      (
        "einsum",
        { _, out, message in lend([none]) { ct_einsum(out, "i->i", $0, message) } }
      ),
    ]
  }

  private static func missingNetwork() -> [(String, Body)] {
    [
      ("convolution", { ct_convolution($1, none, none, none, ct_window(), 1, false, $2) }),
      (
        "transposed convolution",
        {
          ct_transposed_convolution(
            $1, $0.image.handle, none, none, ct_window(), 1, false, $2)
        }
      ),
      ("max pool", { ct_max_pool($1, none, ct_window(), $2) }),
      ("average pool", { ct_average_pool($1, none, ct_window(), true, ct_extents(), $2) }),
      ("norm pool", { ct_norm_pool($1, none, ct_window(), 2, $2) }),
      (
        "batch normalization",
        { ct_batch_normalization($1, $0.image.handle, none, none, none, none, 0, true, 0, $2) }
      ),
      (
        "layer normalization",
        { ct_layer_normalization($1, $1 + 1, $1 + 2, none, none, none, 0, 0, $2) }
      ),
      ("group normalization", { ct_group_normalization($1, none, 1, none, none, 0, $2) }),
      ("rms normalization", { ct_rms_normalization($1, $0.matrix.handle, none, 1, 0, $2) }),
      (
        "local response normalization",
        { ct_local_response_normalization($1, none, 3, 1, 1, 1, $2) }
      ),
      ("norm normalization", { ct_norm_normalization($1, none, 2, 0, $2) }),
      ("standardization", { ct_standardization($1, none, ct_extents(), $2) }),
      ("resample", { ct_resample($1, $0.matrix.handle, 0, none, none, $2) }),
      ("recurrence", { ct_recur($1, $1 + 1, $1 + 2, ct_recurrence(), $2) }),
    ]
  }

  private static func missingStatistics() -> [(String, Body)] {
    [
      ("columns", { ct_convolution_columns($1, none, ct_window(), 1, $2) }),
      ("rows", { ct_rows($1, none, 0, 1, $2) }),
      ("input sums", { ct_accumulate_inputs(none, none, none, none, 1, $2) }),
      ("gradient sums", { ct_accumulate_gradients(none, none, $0.image.handle, none, 1, $2) }),
      ("output sums", { ct_accumulate_outputs(none, none, none, none, none, none, 0, 1, $2) }),
      ("feature rows", { ct_feature_rows($1, none, $2) }),
      ("group products", { ct_group_products($1, none, none, $2) }),
      ("residuals", { ct_accumulate_residuals(none, none, none, none, none, none, none, 1, $2) }),
    ]
  }

  private static func missingTraining() -> [(String, Body)] {
    [
      ("cross-entropy", { ct_cross_entropy($1, $0.matrix.handle, none, 0, $2) }),
      ("squared error", { ct_mean_squared_error($1, none, $0.matrix.handle, $2) }),
      ("distillation", { ct_distillation($1, $0.matrix.handle, none, 2, false, $2) }),
      ("add scaled", { ct_add_scaled($1, $0.matrix.handle, none, 2, $2) }),
      ("zeros", { ct_zeros_like($1, none, $2) }),
      ("mask of none", { ct_apply_mask(none, $0.matrix.handle, $2) }),
      ("mask by none", { ct_apply_mask($0.matrix.handle, none, $2) }),
      (
        "optimizer step",
        { _, _, message in
          lend([none]) { ct_optimizer_step(ct_optimizer(), $0, $0, $0, $0, message) }
        }
      ),
      ("requires gradient", { ct_set_requires_gradient(none, true, $2) }),
      ("retain gradient", { ct_retain_gradient(none, $2) }),
      ("backward", { ct_backward(none, $2) }),
      ("gradient", { ct_gradient($1, none, $2) }),
      (
        "clear gradients",
        { _, _, message in lend([none]) { ct_clear_gradients($0, message) } }
      ),
    ]
  }
}
