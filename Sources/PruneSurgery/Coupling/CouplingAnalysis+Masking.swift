public import PruneCore

extension CouplingAnalysis {
  /// Masks of the prunable layers under which the network computes what surgery would leave of it.
  ///
  /// A removed unit is zeroed where it is made and where it is read; the latter alone makes the two networks equal,
  /// since its value then counts for nothing.
  public func masks(removing units: Set<Int>, of graph: Graph) -> MaskSet {
    let layers = graph.prunableLayers()
    let shapes = Dictionary(
      layers.map { ($0.parameter, $0.shape) }, uniquingKeysWith: { first, _ in first })
    return MaskSet(kept(removing: units, among: shapes).mapValues { Mask($0) })
  }

  /// The graph with removed units at zero: weights, and biases and normalisation parameters where they are made.
  /// - Throws: ``GraphError`` where the graph is not the one that was analysed.
  public func masking(_ units: Set<Int>, in graph: Graph) throws(GraphError) -> Graph {
    var shapes = graph.prunableLayers().reduce(into: [:]) { $0[$1.parameter] = $1.shape }
    for name in graph.additiveParameters { shapes[name] = map.values[name]?.shape }
    let stored = graph.parameters()
    var changed: [String: HostTensor] = [:]
    for (name, kept) in kept(removing: units, among: shapes) {
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

  private func kept(
    removing units: Set<Int>, among shapes: [String: [Int]]
  ) -> [String: [Bool]] {
    var result: [String: [Bool]] = [:]
    for unit in groups.lazy.flatMap(\.units) where units.contains(unit.id) {
      for slice in unit.slices where slice.isConsumed || !map.isUndefinedAtZero(unit.id) {
        guard let shape = shapes[slice.parameter] else { continue }
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
