internal import PruneCore

/// A small stack of depth-wise separable convolutions, each half followed by batch normalisation and a rectifier.
///
/// - Source: Howard et al., *MobileNets*, 2017, [arXiv:1704.04861](https://arxiv.org/abs/1704.04861), table 1,
///   cut down for images of about 32×32; weights by He et al.'s rule.
enum MobileNet {
  static func build(
    _ builder: inout GraphBuilder, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let shape = try options.inputShape([3, 32, 32], axes: ["channels", "height", "width"])
    let channels = (options.channels ?? [16, 32, 64, 64, 128, 128]).map(options.scaled)
    guard let first = channels.first else {
      throw .badOption("channels", got: "none", expected: "one number per layer")
    }
    var value = builder.input(shape.map { .fixed($0) })
    value = try unit(
      &builder, value, name: "conv1", inputs: shape[0], outputs: first, kernel: 3)
    var inputs = first
    for (index, outputs) in channels.dropFirst().enumerated() {
      let name = "block\(index + 1)"
      value = try unit(
        &builder, value, name: "\(name).depthwise", inputs: inputs, outputs: inputs, kernel: 3,
        stride: index % 2 == 1 ? 2 : 1, groups: inputs)
      value = try unit(
        &builder, value, name: "\(name).pointwise", inputs: inputs, outputs: outputs, kernel: 1)
      inputs = outputs
    }
    let classes = options.classes ?? 10
    let logits = try builder.linear(
      builder.globalAverage(value), name: "fc", inputs: inputs, outputs: classes,
      weight: .he(fanIn: inputs))
    builder.output(logits, [.fixed(classes)])
  }

  private static func unit(
    _ builder: inout GraphBuilder, _ value: String, name: String, inputs: Int, outputs: Int,
    kernel: Int, stride: Int = 1, groups: Int = 1
  ) throws(ArchitectureError) -> String {
    let convolved = try builder.convolution(
      value, name: name, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride,
      padding: kernel / 2, groups: groups, weight: .he(fanIn: inputs / groups * kernel * kernel))
    return builder.relu(
      try builder.batchNormalization(convolved, name: "\(name).bn", channels: outputs))
  }
}
