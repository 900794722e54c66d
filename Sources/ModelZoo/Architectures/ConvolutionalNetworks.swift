internal import PruneCore

/// LeNet-5: two 5×5 convolutions and two linear layers, 431,080 parameters at 20-50-500 and 28×28.
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

/// Chains of 3×3 convolutions with rectifiers; weights by He et al.'s rule, biases 0.
enum PlainConvolutional {
  /// Network for 8×8 digits: 16 and 32 channels, one pooling, 64 hidden units.
  static func digits(
    _ builder: inout GraphBuilder, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let shape = try options.inputShape([1, 8, 8], axes: ["channels", "height", "width"])
    let channels = (options.channels ?? [16, 32]).map(options.scaled)
    var chain = Chain(builder.input(shape.map { .fixed($0) }), shape)
    for (index, outputs) in channels.enumerated() {
      try chain.convolve(&builder, name: "conv\(index + 1)", outputs: outputs, isNormalized: false)
    }
    chain.pool(&builder)
    let hidden = options.scaled(options.hidden?.first ?? 64)
    let features = chain.channels * chain.height * chain.width
    let flat = builder.flatten(chain.value)
    let first = try builder.linear(
      flat, name: "fc1", inputs: features, outputs: hidden, weight: .he(fanIn: features))
    let classes = options.classes ?? 10
    let logits = try builder.linear(
      builder.relu(first), name: "fc2", inputs: hidden, outputs: classes,
      weight: .he(fanIn: hidden))
    builder.output(logits, [.fixed(classes)])
  }

  /// Network with one convolution per entry, pooled after each while the image is at least 4×4, and
  /// with the mean over positions before the linear layers.
  static func general(
    _ builder: inout GraphBuilder, _ channels: [Int], _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let shape = try options.inputShape([1, 28, 28], axes: ["channels", "height", "width"])
    var chain = Chain(builder.input(shape.map { .fixed($0) }), shape)
    for (index, outputs) in channels.map(options.scaled).enumerated() {
      try chain.convolve(
        &builder, name: "conv\(index + 1)", outputs: outputs,
        isNormalized: options.hasBatchNormalization)
      if min(chain.height, chain.width) >= 4 { chain.pool(&builder) }
    }
    var value = builder.globalAverage(chain.value)
    var inputs = chain.channels
    for (index, width) in (options.hidden ?? []).map(options.scaled).enumerated() {
      value = builder.relu(
        try builder.linear(
          value, name: "fc\(index + 1)", inputs: inputs, outputs: width, weight: .he(fanIn: inputs))
      )
      inputs = width
    }
    let classes = options.classes ?? 10
    let logits = try builder.linear(
      value, name: "fc\((options.hidden?.count ?? 0) + 1)", inputs: inputs, outputs: classes,
      weight: .he(fanIn: inputs))
    builder.output(logits, [.fixed(classes)])
  }

  /// Last value of the chain and its extents.
  private struct Chain {
    var value: String
    var channels: Int
    var height: Int
    var width: Int

    init(_ value: String, _ shape: [Int]) {
      self.value = value
      (channels, height, width) = (shape[0], shape[1], shape[2])
    }

    mutating func convolve(
      _ builder: inout GraphBuilder, name: String, outputs: Int, isNormalized: Bool
    ) throws(ArchitectureError) {
      value = try builder.convolution(
        value, name: name, inputs: channels, outputs: outputs, kernel: 3, padding: 1,
        weight: .he(fanIn: channels * 9), bias: isNormalized ? nil : .zeros)
      if isNormalized {
        let suffix = name.dropFirst("conv".count)
        value = try builder.batchNormalization(value, name: "bn\(suffix)", channels: outputs)
      }
      value = builder.relu(value)
      channels = outputs
    }

    mutating func pool(_ builder: inout GraphBuilder) {
      guard min(height, width) >= 2 else { return }
      value = builder.maximumPool(value)
      (height, width) = (height / 2, width / 2)
    }
  }
}
