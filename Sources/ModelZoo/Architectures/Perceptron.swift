internal import PruneCore

/// Fully connected networks with rectifiers between the layers.
enum Perceptron {
  /// MLPNet, 784-40-20-10 without biases, 32,360 weights.
  ///
  /// - Source: Singh & Alistarh, *WoodFisher*, 2020, [arXiv:2004.14340](https://arxiv.org/abs/2004.14340), §4;
  ///   weights drawn as PyTorch draws them there.
  static func mlpnet(
    _ builder: inout GraphBuilder, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let hidden = (options.hidden ?? [40, 20]).map(options.scaled)
    try build(
      &builder, shape: options.inputShape ?? [784], widths: hidden + [options.classes ?? 10],
      hasBias: false
    ) { fanIn, _ in .uniform(fan: fanIn) }
  }

  /// LeNet-300-100, 784-300-100-10, 266,610 parameters.
  ///
  /// - Source: LeCun et al., *Gradient-based learning applied to document recognition*, 1998, §III.C; weights as
  ///   in Frankle & Carbin, 2019, [arXiv:1803.03635](https://arxiv.org/abs/1803.03635), figure 2.
  static func lenet300100(
    _ builder: inout GraphBuilder, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let hidden = (options.hidden ?? [300, 100]).map(options.scaled)
    try build(
      &builder, shape: options.inputShape ?? [784], widths: hidden + [options.classes ?? 10],
      hasBias: true
    ) { fanIn, fanOut in .glorot(fanIn: fanIn, fanOut: fanOut) }
  }

  /// Network of any widths; the first must be the size of an example, the last is the number of classes.
  static func general(
    _ builder: inout GraphBuilder, _ widths: [Int], _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let shape = options.inputShape ?? [widths[0]]
    guard shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == widths[0]
    else {
      throw .badOption(
        "input shape", got: "\(shape)", expected: "\(widths[0]) numbers as the first layer takes")
    }
    if let classes = options.classes, classes != widths[widths.count - 1] {
      throw .badOption(
        "classes", got: "\(classes)", expected: "\(widths[widths.count - 1]), the last width")
    }
    let hidden = widths.dropFirst().dropLast().map(options.scaled)
    try build(
      &builder, shape: shape, widths: hidden + [widths[widths.count - 1]], hasBias: true
    ) { fanIn, fanOut in .he(fanIn: fanIn) }
  }

  private static func build(
    _ builder: inout GraphBuilder, shape: [Int], widths: [Int], hasBias: Bool,
    initialization: (_ fanIn: Int, _ fanOut: Int) -> Initialization
  ) throws(ArchitectureError) {
    var value = builder.input(shape.map { .fixed($0) })
    if shape.count > 1 { value = builder.flatten(value) }
    var inputs = 1
    for extent in shape {
      let (product, overflow) = inputs.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw .badOption("input shape", got: "\(shape)", expected: "a countable number of inputs")
      }
      inputs = product
    }
    for (index, width) in widths.enumerated() {
      value = try builder.linear(
        value, name: "fc\(index + 1)", inputs: inputs, outputs: width,
        weight: initialization(inputs, width), bias: hasBias ? .zeros : nil)
      if index < widths.count - 1 { value = builder.relu(value) }
      inputs = width
    }
    builder.output(value, [.fixed(inputs)])
  }
}
