package import PruneCore

/// Partition of a layer's weights into units that are pruned together.
package struct UnitPartition {
  /// Number of units.
  package let unitCount: Int
  /// Outputs per unit.
  private let rows: Int
  /// Inputs per unit.
  private let columns: Int
  /// Units along the outputs.
  private let rowUnits: Int
  /// Units along the inputs.
  private let columnUnits: Int
  /// `true` where units are numbered column by column, `false` row by row.
  private let isColumnMajor: Bool
  private let layout: WeightLayout

  /// - Throws: ``SelectionError/unsupported(_:)``, ``SelectionError/badBlock(rows:columns:)``.
  package init(_ layer: PrunableLayer, granularity: Granularity) throws(SelectionError) {
    layout = layer.layout
    isColumnMajor = granularity == .channel
    switch granularity {
    case .channel where layout.isInputMajor:
      // A transposed convolution stores outputs of one group per kernel position, and inputs of all groups.
      (rows, columns) = (max(layout.kernelArea, 1), max(layout.inputs / max(layout.groups, 1), 1))
    case .channel: (rows, columns) = (1, max(layout.inputs, 1))
    case .kernel where !layout.isInputMajor: (rows, columns) = (1, max(layout.kernelArea, 1))
    case .kernel: (rows, columns) = (max(layout.kernelArea, 1), 1)
    case .block(let rows, let columns):
      guard rows > 0, columns > 0 else { throw .badBlock(rows: rows, columns: columns) }
      self.rows = rows
      self.columns = columns
    case .element: (rows, columns) = (1, 1)
    case .nm, .head, .layer, .auto: throw .unsupported(granularity)
    }
    rowUnits = Self.quotient(layout.outputs, rows)
    columnUnits = Self.quotient(layout.inputs, columns)
    unitCount = rowUnits * columnUnits
  }

  /// Quotient rounded up.
  private static func quotient(_ count: Int, _ size: Int) -> Int {
    count / size + (count % size == 0 ? 0 : 1)
  }

  /// Unit of the weight at a position in stored order.
  @inline(__always) package func unit(of index: Int) -> Int {
    let (output, input) =
      layout.isInputMajor
      ? (index % layout.outputs, index / layout.outputs)
      : (index / layout.inputs, index % layout.inputs)
    let (row, column) = (output / rows, input / columns)
    return isColumnMajor ? column * rowUnits + row : row * columnUnits + column
  }

  /// Number of kept weights per unit.
  func sizes(count: Int, current: Mask?) -> [Int] {
    var sizes = [Int](repeating: 0, count: unitCount)
    let kept = current?.kept
    for index in 0..<count where kept?[index] ?? true { sizes[unit(of: index)] += 1 }
    return sizes
  }

  /// Mean score of the kept weights of each unit; 0 for a unit without any.
  func means(of scores: [Float], sizes: [Int], current: Mask?) -> [Float] {
    var sums = [Double](repeating: 0, count: unitCount)
    let kept = current?.kept
    for index in scores.indices where kept?[index] ?? true {
      sums[unit(of: index)] += Double(scores[index])
    }
    return sums.indices.map { sizes[$0] > 0 ? Float(sums[$0] / Double(sizes[$0])) : 0 }
  }

  /// Mask of the kept weights of the chosen units.
  func mask(keeping units: [Bool], count: Int, current: Mask?) -> Mask {
    let kept = current?.kept
    return Mask((0..<count).map { units[unit(of: $0)] && (kept?[$0] ?? true) })
  }
}
