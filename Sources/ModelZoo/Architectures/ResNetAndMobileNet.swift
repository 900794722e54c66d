internal import PruneCore

/// Residual network for small images: 6n + 2 layers in three stages of 16, 32 and 64 channels.
///
/// - Source: He et al., *Deep Residual Learning for Image Recognition*, 2015,
///   [arXiv:1512.03385](https://arxiv.org/abs/1512.03385), §4.2; weights by He et al.'s rule.
/// - Note: shortcuts that change the shape are 1×1 convolutions (option B of §3.3), not zero-padding (option A):
///   272,474 parameters instead of 269,722 at depth 20, and channels that can be removed.
enum ResNet {
  static func build(
    _ builder: inout GraphBuilder, depth: Int, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    guard depth >= 8, depth <= 1202, (depth - 2) % 6 == 0 else {
      throw .badOption(
        "depth", got: "\(depth)", expected: "6n + 2 in 8 ... 1202, such as 20, 32 or 56")
    }
    let shape = try options.inputShape([3, 32, 32], axes: ["channels", "height", "width"])
    let stages = (options.channels ?? [16, 32, 64]).map(options.scaled)
    guard !stages.isEmpty else {
      throw .badOption("channels", got: "none", expected: "one number per stage")
    }
    var block = Block(value: builder.input(shape.map { .fixed($0) }), channels: shape[0])
    block.value = builder.relu(
      try block.convolve(&builder, "", index: 1, inputs: shape[0], outputs: stages[0], stride: 1))
    block.channels = stages[0]
    for (stage, channels) in stages.enumerated() {
      for position in 0..<(depth - 2) / 6 {
        try block.append(
          &builder, name: "layer\(stage + 1).\(position)", outputs: channels,
          stride: stage > 0 && position == 0 ? 2 : 1)
      }
    }
    let classes = options.classes ?? 10
    let logits = try builder.linear(
      builder.globalAverage(block.value), name: "fc", inputs: block.channels, outputs: classes,
      weight: .he(fanIn: block.channels))
    builder.output(logits, [.fixed(classes)])
  }

  private struct Block {
    var value: String
    var channels: Int

    /// Appends a residual block: two 3×3 convolutions beside a shortcut.
    mutating func append(
      _ builder: inout GraphBuilder, name: String, outputs: Int, stride: Int
    ) throws(ArchitectureError) {
      var shortcut = value
      let inputs = channels
      value = builder.relu(
        try convolve(
          &builder, name + ".", index: 1, inputs: inputs, outputs: outputs, stride: stride))
      value = try convolve(
        &builder, name + ".", index: 2, inputs: outputs, outputs: outputs, stride: 1)
      if stride != 1 || inputs != outputs {
        shortcut = try builder.convolution(
          shortcut, name: "\(name).shortcut.conv", inputs: inputs, outputs: outputs, kernel: 1,
          stride: stride, weight: .he(fanIn: inputs))
        shortcut = try builder.batchNormalization(
          shortcut, name: "\(name).shortcut.bn", channels: outputs)
      }
      value = builder.relu(builder.node("Add", [value, shortcut], name: "\(name).add"))
      channels = outputs
    }

    /// 3×3 convolution and batch normalisation.
    func convolve(
      _ builder: inout GraphBuilder, _ prefix: String, index: Int, inputs: Int, outputs: Int,
      stride: Int
    ) throws(ArchitectureError) -> String {
      let convolved = try builder.convolution(
        value, name: "\(prefix)conv\(index)", inputs: inputs, outputs: outputs, kernel: 3,
        stride: stride, padding: 1, weight: .he(fanIn: inputs * 9))
      return try builder.batchNormalization(
        convolved, name: "\(prefix)bn\(index)", channels: outputs)
    }
  }
}

/// MobileNet: a small stack of depth-wise separable convolutions, each half followed by batch normalisation and a rectifier.
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
