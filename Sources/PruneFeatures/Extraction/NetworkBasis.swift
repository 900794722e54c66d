import PruneCore
import PruneSupport

/// Data that all families of features share: the network, its layers' summaries, and the floors of
/// per-weight logarithms.
struct NetworkBasis: Sendable {
  /// A per-weight quantity whose logarithm several features use.
  enum Quantity: Int, CaseIterable, Sendable {
    /// |w|.
    case magnitude
    /// |E[g]|.
    case gradient
    /// E[g²].
    case gradientSquare
    /// E|g|.
    case gradientAbsolute
  }

  let state: NetworkState
  let grids: [WeightGrid]
  let summaries: [LayerSummary]
  /// Floors by ``Quantity``; `nil` where no layer has a positive value.
  let floors: [LogFloor?]
  /// Kept weights of all layers.
  let keptCount: Int

  init(_ state: NetworkState, quantities: Set<Quantity>) {
    self.state = state
    grids = state.layers.map { WeightGrid($0.layout) }
    summaries = state.layers.indices.map {
      LayerSummary(layer: state.layers[$0], weights: state.weights[$0], mask: state.masks[$0])
    }
    keptCount = summaries.reduce(0) { $0 + $1.keptCount }
    let stride = max(1, state.weightCount >> 16)
    floors = Quantity.allCases.map { quantity in
      guard quantities.contains(quantity) else { return nil }
      return LogFloor(of: Self.sample(quantity, of: state, stride: stride))
    }
  }

  /// Every `stride`-th value, where its weight is kept.
  private static func sample(_ quantity: Quantity, of state: NetworkState, stride: Int) -> [Float] {
    var result: [Float] = []
    for layer in state.layers.indices {
      guard let (values, scale) = values(of: quantity, in: layer, of: state) else { continue }
      let kept = state.masks[layer]?.kept
      for index in Swift.stride(from: 0, to: values.count, by: stride) where kept?[index] ?? true {
        result.append((values[index] * scale).magnitude)
      }
    }
    return result
  }

  /// Unscaled values of a layer and the factor that makes means of them; `nil` where they were not
  /// collected.
  private static func values(
    of quantity: Quantity, in layer: Int, of state: NetworkState
  ) -> (values: [Float], scale: Float)? {
    let statistics = state.statistics[layer]
    let found =
      switch quantity {
      case .magnitude: (state.weights[layer], Float(1))
      case .gradient: (statistics.gradientSum, statistics.perExample)
      case .gradientSquare: (statistics.gradientSquareSum, statistics.perExample)
      case .gradientAbsolute: (statistics.gradientAbsoluteSum, statistics.perExample)
      }
    return found.0.count == state.layers[layer].count ? found : nil
  }

  /// Floored logarithms for `range` of a layer; `nil` where the layer lacks the quantity.
  func logarithms(of quantity: Quantity, in layer: Int, _ range: Range<Int>) -> [Float]? {
    guard let floor = floors[quantity.rawValue],
      let (values, scale) = Self.values(of: quantity, in: layer, of: state)
    else { return nil }
    return [Float](unsafeUninitializedCapacity: range.count) { target, initialized in
      values.withUnsafeBufferPointer { values in
        for index in 0..<range.count {
          target[index] = floor.ln((values[range.lowerBound &+ index] * scale).magnitude)
        }
      }
      initialized = range.count
    }
  }
}

/// Totals of a layer that several features use: sums by row and column and counts of kept weights.
struct LayerSummary: Sendable {
  let keptCount: Int
  /// Mean |w| over kept weights; 0 where there are none.
  let meanMagnitude: Float
  /// `[outputs]`, Σ w².
  let rowSquares: [Float]
  /// `[inputCount]` of ``WeightGrid``, Σ w².
  let columnSquares: [Float]
  /// Densities per output and per input; `nil` where nothing is pruned.
  let rowDensity: [Float]?
  let columnDensity: [Float]?

  init(layer: PrunableLayer, weights: [Float], mask: Mask?) {
    let grid = WeightGrid(layer.layout)
    (rowSquares, columnSquares) = grid.lineSums(of: weights) { $0 * $0 }
    let sum = ParallelChunks(count: weights.count, length: 1 << 18).map { range in
      weights[range].reduce(0.0) { $0 + Double($1.magnitude) }
    }.reduce(0, +)
    guard let mask else {
      keptCount = layer.count
      meanMagnitude = layer.count > 0 ? Float(sum / Double(layer.count)) : 0
      (rowDensity, columnDensity) = (nil, nil)
      return
    }
    keptCount = mask.keptCount
    meanMagnitude = keptCount > 0 ? Float(sum / Double(keptCount)) : 0
    let (rows, columns) = grid.lineSums(of: mask.kept.map { $0 ? 1 : 0 }) { $0 }
    let rowLength = Float(max(layer.layout.inputs, 1))
    let columnLength = Float(max(layer.count, 1)) / Float(max(columns.count, 1))
    rowDensity = rows.map { $0 / rowLength }
    columnDensity = columns.map { $0 / columnLength }
  }
}

/// Norms of the weights before and after a layer, where channels stay in place between them.
struct NeighbourNorms {
  /// Norms of all weights that read an output, per layer `[outputs]`; `nil` where no reader is
  /// known.
  let outgoing: [[Float]?]
  /// Norms of the rows that make an input, per layer `[inputCount]` of ``WeightGrid``; `nil`
  /// where none is known.
  let incoming: [[Float]?]

  init(_ basis: NetworkBasis) {
    self.init(
      basis.state, rowSquares: basis.summaries.map(\.rowSquares),
      columnSquares: basis.summaries.map(\.columnSquares))
  }

  /// - Parameters:
  ///   - rowSquares: per layer `[outputs]`, Σ w².
  ///   - columnSquares: per layer `[inputCount]` of ``WeightGrid``, Σ w².
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
