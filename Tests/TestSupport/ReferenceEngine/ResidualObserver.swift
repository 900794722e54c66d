import PruneCore

/// Adds what one pass shows of a linear layer in two programs to its moments, position by position.
struct ResidualObserver {
  let layer: PrunableLayer

  private struct Use {
    var inputs: Matrix
    var products: [Float]
  }

  func add(
    _ program: ReferenceProgram, _ values: [String: HostTensor],
    against reference: ReferenceProgram, _ referenceValues: [String: HostTensor],
    to moments: inout ResidualMoments
  ) {
    for node in layer.nodes.map({ program.graph.nodes[$0] }) {
      guard let seen = use(node, program, values),
        let wanted = use(node, reference, referenceValues)
      else { continue }
      let outputs = layer.layout.outputs
      let (width, features) = (moments.features.count, moments.features)
      for row in 0..<seen.inputs.rows {
        let x = features.map { seen.inputs.values[row * seen.inputs.columns + $0] }
        let r = (0..<outputs).map {
          wanted.products[row * outputs + $0] - seen.products[row * outputs + $0]
        }
        moments.add(
          positions: 1, gram: (0..<width * width).map { x[$0 / width] * x[$0 % width] },
          cross: (0..<width * outputs).map { x[$0 / outputs] * r[$0 % outputs] }, featureSum: x,
          residualSum: r)
      }
    }
  }

  private func use(
    _ node: Node, _ program: ReferenceProgram, _ values: [String: HostTensor]
  ) -> Use? {
    guard let input = node.inputs.first.flatMap({ values[$0] }),
      let weight = program.parameters[layer.parameter]?.floats
    else { return nil }
    let inputs = Matrix(input, isTransposed: node.int("transA") == 1)
    let layout = layer.layout
    var products: [Float] = []
    for row in 0..<inputs.rows {
      for output in 0..<layout.outputs {
        products.append(
          (0..<layout.inputs).reduce(Float(0)) {
            $0 + weight[layout.index(output: output, input: $1)]
              * inputs.values[row * layout.inputs + $1]
          })
      }
    }
    return Use(inputs: inputs, products: products)
  }
}
