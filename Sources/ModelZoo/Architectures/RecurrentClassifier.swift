internal import PruneCore

/// LSTM layers over a sequence `[N, T, F]`, and a linear layer on the last hidden state or the mean of
/// all.
///
/// - Source: Hochreiter & Schmidhuber, *Long Short-Term Memory*, 1997, with forget gates (Gers et al., 2000), as
///   ONNX's `LSTM` computes them; all weights U(−1/√H, 1/√H) as PyTorch draws them.
enum RecurrentClassifier {
  static func build(
    _ builder: inout GraphBuilder, _ options: ArchitectureOptions
  ) throws(ArchitectureError) {
    let shape = try options.inputShape([64, 20], axes: ["steps", "features"])
    let hidden = options.scaled(options.hidden?.first ?? 64)
    let layers = options.depth ?? 1
    guard layers <= 16 else {
      throw .badOption("depth", got: "\(layers)", expected: "1 ... 16 layers")
    }
    let steps: ValueInfo.Dimension = options.inputShape == nil ? .symbolic("T") : .fixed(shape[0])
    var value = builder.input([steps, .fixed(shape[1])])
    let timeFirst = Attribute("perm", .ints([1, 0, 2]))
    value = builder.node("Transpose", [value], name: "time_first", [timeFirst])
    var inputs = shape[1]
    for layer in 1...layers {
      value = try append(
        &builder, value, name: "lstm\(layer)", inputs: inputs, hidden: hidden,
        wantsLastState: layer == layers && options.pooling == .last)
      inputs = hidden
    }
    if options.pooling == .mean {
      value = builder.node(
        "ReduceMean", [value], name: "mean_over_time",
        [Attribute("axes", .ints([0])), Attribute("keepdims", .int(0))])
    }
    let classes = options.classes ?? 10
    let logits = try builder.linear(
      value, name: "fc", inputs: hidden, outputs: classes, weight: .uniform(fan: hidden),
      bias: .uniform(fan: hidden))
    builder.output(logits, [.fixed(classes)])
  }

  /// Appends an LSTM layer.
  /// - Returns: the states of all steps, `[T, N, H]`, or the last state, `[N, H]`.
  private static func append(
    _ builder: inout GraphBuilder, _ value: String, name: String, inputs: Int, hidden: Int,
    wantsLastState: Bool
  ) throws(ArchitectureError) -> String {
    let operands = [
      value,
      try builder.weight("\(name).weight_ih", [1, 4 * hidden, inputs], .uniform(fan: hidden)),
      try builder.weight("\(name).weight_hh", [1, 4 * hidden, hidden], .uniform(fan: hidden)),
      try builder.weight("\(name).bias", [1, 8 * hidden], .uniform(fan: hidden)),
    ]
    let results = builder.multipleOutputs(
      "LSTM", operands, name: name, [Attribute("hidden_size", .int(Int64(hidden)))],
      outputs: wantsLastState ? [1] : [0])
    // Y is [T, directions, N, H], Y_h is [directions, N, H].
    let axis = builder.integers("\(name).direction_axis", [wantsLastState ? 0 : 1])
    return builder.node("Squeeze", [results[0], axis])
  }
}
