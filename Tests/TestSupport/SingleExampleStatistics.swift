import PruneCore
import Testing

/// ``LayerStatistics`` put together the plain way: one gradient per example, inputs and outputs
/// from the layer's own intermediate values.
struct SingleExampleStatistics {
  private var expected: [LayerStatistics]

  init<E: Engine>(
    _ engine: E, graph: Graph, layers: [PrunableLayer], batch: Batch
  ) throws {
    expected = layers.map { _ in LayerStatistics() }
    guard case .labels(let labels) = batch.targets, let inputs = batch.inputs.first,
      let values = inputs.floats
    else { return }
    let width = inputs.count / batch.count
    let program = try engine.prepare(graph)
    for example in 0..<batch.count {
      let row = HostTensor(
        Array(values[example * width..<(example + 1) * width]), shape: [1, width])
      let single = Batch(inputs: [row], targets: .labels([labels[example]]))
      let gradients = try engine.gradients(
        of: program, on: single, objective: .crossEntropy(labelSmoothing: 0),
        for: layers.map(\.parameter)
      ).gradients
      for (index, layer) in layers.enumerated() {
        let gradient = gradients[layer.parameter]?.floats ?? []
        Self.add(gradient, to: &expected[index].gradientSum) { $0 }
        Self.add(gradient, to: &expected[index].gradientSquareSum) { $0 * $0 }
        Self.add(gradient, to: &expected[index].gradientAbsoluteSum) { $0.magnitude }
        let seen = try Self.observe(engine, graph: graph, layer: layer, row: row)
        Self.add(seen.input, to: &expected[index].inputSum) { $0 }
        Self.add(seen.input, to: &expected[index].inputSquareSum) { $0 * $0 }
        Self.add(seen.output, to: &expected[index].outputSum) { $0 }
        Self.add(seen.output, to: &expected[index].outputSquareSum) { $0 * $0 }
        Self.add(seen.activation, to: &expected[index].activationAbsoluteSum) { $0.magnitude }
        Self.add(seen.activation, to: &expected[index].activationZeroCount) { $0 == 0 ? 1 : 0 }
        let gram = seen.input.flatMap { left in seen.input.map { left * $0 } }
        Self.add(gram, to: &expected[index].inputGram) { $0 }
      }
    }
  }

  /// Runs the graph with the layer's neighbouring values as its outputs.
  private static func observe<E: Engine>(
    _ engine: E, graph: Graph, layer: PrunableLayer, row: HostTensor
  ) throws -> (input: [Float], output: [Float], activation: [Float]) {
    let node = graph.nodes[layer.nodes[0]]
    var activation = node.outputs[0]
    for follower in graph.nodes[(layer.nodes[0] + 1)...] where follower.inputs.contains(activation)
    {
      if follower.operation == "Add" || follower.operation == "Relu" {
        activation = follower.outputs[0]
      }
    }
    let isActivated = graph.nodes.contains { $0.outputs[0] == activation && $0.operation == "Relu" }
    let names = [node.inputs[0], node.outputs[0], isActivated ? activation : node.outputs[0]]
    var values: [[Float]] = []
    for name in names {
      guard name != "x" else {
        values.append(row.floats ?? [])
        continue
      }
      var probe = graph
      probe.outputs = [ValueInfo(name: name)]
      values.append(
        try engine.run(try engine.prepare(probe), on: [row]).first?.floats ?? [])
    }
    return (values[0], values[1], values[2])
  }

  private static func add(_ values: [Float], to sums: inout [Float], _ term: (Float) -> Float) {
    if sums.isEmpty { sums = [Float](repeating: 0, count: values.count) }
    for index in values.indices { sums[index] += term(values[index]) }
  }

  func compare(_ got: LayerStatistics, layer: Int, name: String) {
    let wanted = expected[layer]
    let pairs: [(String, [Float], [Float])] = [
      ("gradientSum", got.gradientSum, wanted.gradientSum),
      ("gradientSquareSum", got.gradientSquareSum, wanted.gradientSquareSum),
      ("inputSum", got.inputSum, wanted.inputSum),
      ("inputSquareSum", got.inputSquareSum, wanted.inputSquareSum),
      ("outputSum", got.outputSum, wanted.outputSum),
      ("outputSquareSum", got.outputSquareSum, wanted.outputSquareSum),
      ("activationAbsoluteSum", got.activationAbsoluteSum, wanted.activationAbsoluteSum),
      ("activationZeroCount", got.activationZeroCount, wanted.activationZeroCount),
      ("inputGram", got.inputGram, wanted.inputGram),
    ]
    for (statistic, values, reference) in pairs {
      #expect(
        values.isClose(to: reference, absolute: 1e-4, relative: 1e-4),
        "\(statistic) of \(name): \(values) against \(reference)")
    }
    // Engines may leave the absolute values out where their form of the squares does not give them.
    if !got.gradientAbsoluteSum.isEmpty {
      #expect(
        got.gradientAbsoluteSum.isClose(
          to: wanted.gradientAbsoluteSum, absolute: 1e-4, relative: 1e-4))
    }
  }
}
