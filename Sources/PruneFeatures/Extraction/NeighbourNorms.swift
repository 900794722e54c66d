import PruneCore

/// Norms of the weights before and after a layer, where channels stay in place between them.
struct NeighbourNorms {
  /// Per layer `[outputs]`: norm of all weights that read the output; `nil` where no reader is
  /// known.
  let outgoing: [[Float]?]
  /// Per layer `[inputCount]` of ``ConnectionGrid``: norm of the rows that make the input; `nil`
  /// where none is known.
  let incoming: [[Float]?]

  init(_ basis: NetworkBasis) {
    self.init(
      basis.state, rowSquares: basis.summaries.map(\.rowSquares),
      columnSquares: basis.summaries.map(\.columnSquares))
  }

  /// - Parameters:
  ///   - rowSquares: per layer `[outputs]`, Σ w².
  ///   - columnSquares: per layer `[inputCount]` of ``ConnectionGrid``, Σ w².
  init(_ state: NetworkState, rowSquares: [[Float]], columnSquares: [[Float]]) {
    outgoing = state.layers.indices.map { producer in
      guard let readers = state.adjacency.readers[producer] else { return nil }
      var squares = [Float](repeating: 0, count: state.layers[producer].layout.outputs)
      for reader in readers {
        let columns = columnSquares[reader.layer]
        guard columns.count == squares.count * reader.inputsPerOutput else { continue }
        for index in columns.indices { squares[index / reader.inputsPerOutput] += columns[index] }
      }
      return squares.map { $0.squareRoot() }
    }
    incoming = state.layers.indices.map { reader in
      let producers = state.adjacency.producers(of: reader)
      guard !producers.isEmpty else { return nil }
      var squares = [Float](repeating: 0, count: columnSquares[reader].count)
      for (producer, inputsPerOutput) in producers {
        let rows = rowSquares[producer]
        guard squares.count == rows.count * inputsPerOutput else { continue }
        for index in squares.indices { squares[index] += rows[index / inputsPerOutput] }
      }
      return squares.map { $0.squareRoot() }
    }
  }
}
