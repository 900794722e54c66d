public import PruneCore

extension CouplingAnalysis {
  /// Masks under which the network computes the same as after surgery.
  ///
  /// A removed unit is zeroed in every tensor that reads it, which alone makes the two networks equal, and in the
  /// prunable layers that make it. Besides `Graph.prunableLayers()`, masks can be of operands of `Einsum`.
  public func masks(removing units: Set<Int>, of graph: Graph) -> MaskSet {
    let makers = Set(graph.prunableLayers().map(\.parameter))
    return MaskSet(kept(removing: units, makers: makers).mapValues { Mask($0) })
  }

  /// The graph with removed units at zero: the weights that read or make them, and their biases and normalisation
  /// parameters.
  ///
  /// - Throws: ``GraphError`` where the graph is not the one that was analysed.
  public func masking(_ units: Set<Int>, in graph: Graph) throws(GraphError) -> Graph {
    let makers = Set(graph.prunableLayers().map(\.parameter)).union(graph.additiveParameters)
    let stored = graph.parameters()
    var changed: [String: HostTensor] = [:]
    for (name, kept) in kept(removing: units, makers: makers) {
      guard let tensor = stored[name], var values = tensor.floats, values.count == kept.count else {
        throw .unknownParameter(name)
      }
      for index in values.indices where !kept[index] { values[index] = 0 }
      changed[name] = HostTensor(values, shape: tensor.shape)
    }
    var result = graph
    try result.setParameters(changed)
    return result
  }

  /// Kept elements of each tensor that a removed unit has a slice of; slices that make a unit count only in `makers`.
  private func kept(removing units: Set<Int>, makers: Set<String>) -> [String: [Bool]] {
    var result: [String: [Bool]] = [:]
    for unit in groups.lazy.flatMap(\.units) where units.contains(unit.id) {
      let zeroesMakers = !map.isUndefinedAtZero(unit.id)
      for slice in unit.slices
      where slice.isConsumed || zeroesMakers && makers.contains(slice.parameter) {
        guard let shape = map.values[slice.parameter]?.shape else { continue }
        let inner = shape[(slice.axis + 1)...].reduce(1, *)
        let outer = shape[..<slice.axis].reduce(1, *)
        let extent = shape[slice.axis]
        var kept =
          result.removeValue(forKey: slice.parameter)
          ?? [Bool](repeating: true, count: outer * extent * inner)
        for block in 0..<outer {
          for index in slice.indices {
            let start = (block * extent + index) * inner
            for position in start..<start + inner { kept[position] = false }
          }
        }
        result[slice.parameter] = kept
      }
    }
    return result
  }
}

extension Graph {
  /// Stored biases, scales and shifts of layers and normalisations.
  fileprivate var additiveParameters: Set<String> {
    let positions: [String: [Int]] = [
      "Conv": [2], "ConvTranspose": [2], "Gemm": [2], "LSTM": [3], "GRU": [3], "RNN": [3],
      "BatchNormalization": [1, 2], "InstanceNormalization": [1, 2], "GroupNormalization": [1, 2],
    ]
    let stored = Set(parameterNames)
    var names: Set<String> = []
    for node in nodes {
      for position in positions[node.operation] ?? [] where position < node.inputs.count {
        if stored.contains(node.inputs[position]) { names.insert(node.inputs[position]) }
      }
    }
    return names
  }
}
