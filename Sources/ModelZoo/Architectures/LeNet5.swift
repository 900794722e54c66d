internal import PruneCore

/// Two 5×5 convolutions and two linear layers, 431,080 parameters at 20-50-500 and 28×28.
///
/// - Source: LeCun et al., *Gradient-based learning applied to document recognition*, 1998, §II.B, in the form of
///   Caffe's `lenet.prototxt`; weights by Glorot & Bengio's rule as there.
/// - Note: rectifiers follow the convolutions too, as in SNIP ([arXiv:1810.02340](https://arxiv.org/abs/1810.02340));
///   Caffe has one after the first linear layer only.
enum LeNet5 {
  static func build(
    _ builder: inout GraphBuilder, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let shape = try options.inputShape([1, 28, 28], axes: ["channels", "height", "width"])
    let channels = (options.channels ?? [20, 50]).map(options.scaled)
    let hidden = options.scaled(options.hidden?.first ?? 500)
    guard channels.count == 2 else {
      throw .badOption("channels", got: "\(channels)", expected: "two numbers, one per convolution")
    }
    guard min(shape[1], shape[2]) >= 16 else {
      throw .badOption("input shape", got: "\(shape)", expected: "height and width of at least 16")
    }
    var value = builder.input(shape.map { .fixed($0) })
    var inputs = shape[0]
    var extents = Array(shape.dropFirst())
    for (index, outputs) in channels.enumerated() {
      value = try builder.convolution(
        value, name: "conv\(index + 1)", inputs: inputs, outputs: outputs, kernel: 5,
        weight: .glorotUniform(fanIn: inputs * 25, fanOut: outputs * 25), bias: .zeros)
      value = builder.maximumPool(builder.relu(value))
      inputs = outputs
      extents = extents.map { ($0 - 4) / 2 }
    }
    value = builder.flatten(value)
    let features = inputs * extents[0] * extents[1]
    let classes = options.classes ?? 10
    value = try builder.linear(
      value, name: "fc1", inputs: features, outputs: hidden,
      weight: .glorotUniform(fanIn: features, fanOut: hidden))
    value = try builder.linear(
      builder.relu(value), name: "fc2", inputs: hidden, outputs: classes,
      weight: .glorotUniform(fanIn: hidden, fanOut: classes))
    builder.output(value, [.fixed(classes)])
  }
}
