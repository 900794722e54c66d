import PruneCore

/// Adds what one pass shows of a layer to its statistics, example by example.
struct LayerObserver {
  let layer: PrunableLayer
  let graph: Graph
  let examples: Int

  private struct Uses {
    var inputs: Matrix
    var outputs: Matrix
    var activations: Matrix
    /// Gradient of the mean loss.
    var gradient: [Float]?
    var alpha: Float
  }

  func add(_ kinds: StatisticKinds, of pass: ReferencePass, to statistics: inout LayerStatistics) {
    let uses = layer.nodes.compactMap { use(graph.nodes[$0], pass) }
    statistics.examples += examples
    statistics.positions += uses.reduce(0) { $0 + $1.inputs.rows }
    addGradients(kinds, uses, to: &statistics)
    for use in uses {
      if kinds.contains(.inputs) {
        add(use.inputs, to: &statistics.inputSum) { $0 }
        add(use.inputs, to: &statistics.inputSquareSum) { $0 * $0 }
      }
      if kinds.contains(.outputs) {
        add(use.outputs, to: &statistics.outputSum) { $0 }
        add(use.outputs, to: &statistics.outputSquareSum) { $0 * $0 }
        add(use.activations, to: &statistics.activationAbsoluteSum) { $0.magnitude }
        add(use.activations, to: &statistics.activationZeroCount) { $0 == 0 ? 1 : 0 }
      }
      if kinds.contains(.inputGram) {
        let gram = use.inputs.transposed.times(use.inputs).values
        add(Matrix(rows: 1, columns: gram.count, values: gram), to: &statistics.inputGram) { $0 }
      }
    }
  }

  private func use(_ node: Node, _ pass: ReferencePass) -> Uses? {
    guard let input = node.inputs.first.flatMap({ pass.values[$0] }),
      let name = node.outputs.first, let output = pass.values[name]
    else { return nil }
    return Uses(
      inputs: Matrix(input, isTransposed: node.int("transA") == 1), outputs: Matrix(output),
      activations: Matrix(activation(after: name, pass) ?? output), gradient: pass.gradients[name],
      alpha: node.float("alpha") ?? 1)
  }

  /// The activation that directly follows, through the addition of a stored bias.
  private func activation(after value: String, _ pass: ReferencePass) -> HostTensor? {
    let readers = graph.nodes.filter { $0.inputs.contains(value) }
    guard readers.count == 1, let output = readers[0].outputs.first else { return nil }
    switch readers[0].operation {
    case "Relu", "Sigmoid", "Tanh": return pass.values[output]
    case "Add":
      let names = Set(graph.parameterNames)
      return readers[0].inputs.contains(where: names.contains)
        ? activation(after: output, pass) : nil
    default: return nil
    }
  }

  private func add(_ matrix: Matrix, to sums: inout [Float], _ term: (Float) -> Float) {
    if sums.isEmpty { sums = [Float](repeating: 0, count: matrix.columns) }
    for index in matrix.values.indices {
      sums[index % matrix.columns] += term(matrix.values[index])
    }
  }

  private func addGradients(
    _ kinds: StatisticKinds, _ uses: [Uses], to statistics: inout LayerStatistics
  ) {
    guard !kinds.isDisjoint(with: [.gradient, .gradientMoments]) else { return }
    let zeros = [Float](repeating: 0, count: layer.count)
    if kinds.contains(.gradient), statistics.gradientSum.isEmpty { statistics.gradientSum = zeros }
    if kinds.contains(.gradientMoments), statistics.gradientSquareSum.isEmpty {
      statistics.gradientSquareSum = zeros
      statistics.gradientAbsoluteSum = zeros
    }
    for example in 0..<examples {
      var gradient = zeros
      for use in uses { addGradient(of: example, use, to: &gradient) }
      for index in gradient.indices {
        let value = gradient[index]
        if kinds.contains(.gradient) { statistics.gradientSum[index] += value }
        if kinds.contains(.gradientMoments) {
          statistics.gradientSquareSum[index] += value * value
          statistics.gradientAbsoluteSum[index] += value.magnitude
        }
      }
    }
  }

  /// Gradient of the example's own loss: the mean's times the number of examples.
  private func addGradient(of example: Int, _ use: Uses, to gradient: inout [Float]) {
    guard let delta = use.gradient else { return }
    let layout = layer.layout
    let rows = use.inputs.rows / max(examples, 1)
    let scale = Float(examples) * use.alpha
    for row in example * rows..<(example + 1) * rows {
      for output in 0..<layout.outputs {
        let factor = delta[row * layout.outputs + output] * scale
        if factor == 0 { continue }
        for input in 0..<layout.inputs {
          gradient[layout.index(output: output, input: input)] +=
            factor * use.inputs.values[row * layout.inputs + input]
        }
      }
    }
  }
}
