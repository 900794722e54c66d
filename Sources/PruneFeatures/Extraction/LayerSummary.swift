import PruneCore

/// What several features need to know of a layer as a whole: sums by row and column and counts of
/// kept connections.
struct LayerSummary: Sendable {
  let keptCount: Int
  let meanMagnitude: Float
  /// `[outputs]`, Σ w².
  let rowSquares: [Float]
  /// `[inputCount]` of ``ConnectionGrid``, Σ w².
  let columnSquares: [Float]
  /// Kept share per output and per input; `nil` where nothing is removed.
  let rowDensity: [Float]?
  let columnDensity: [Float]?

  init(layer: PrunableLayer, weights: [Float], mask: Mask?) {
    let grid = ConnectionGrid(layer.layout)
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
