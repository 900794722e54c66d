public import PruneCore

/// Why no masks could be selected.
public enum SelectionError: Error, Equatable, CustomStringConvertible {
  /// A share to keep outside of `0 < density <= 1`, or NaN.
  case densityOutOfRange(Double)
  /// Scores that are one neither per connection nor per unit of the layer.
  case wrongScoreCount(layer: String, got: Int, expected: String)
  /// A score that ranks nowhere; `index` is that of the connection or unit scored.
  case notANumber(layer: String, index: Int)
  /// The density leaves fewer connections than the layers need to stay alive.
  case tooFew(asked: Int, needed: Int, layer: String)
  /// A granularity whose units are not parts of one layer's matrix, or that no mask can express.
  case unsupported(Granularity)
  /// Blocks without a row or a column.
  case badBlock(rows: Int, columns: Int)

  public var description: String {
    switch self {
    case .densityOutOfRange(let value):
      "density is \(value), expected above 0 and at most 1; keeping 10 % is 0.1"
    case .wrongScoreCount(let layer, let got, let expected):
      "layer '\(layer)' has \(got) scores, expected \(expected)"
    case .notANumber(let layer, let index):
      "layer '\(layer)' has the score NaN at \(index); look for NaN or infinite weights and statistics"
    case .tooFew(let asked, let needed, let layer):
      "cannot keep \(asked) connections: \(needed) are needed so that no layer empties ('\(layer)' is the largest of these); lower the sparsity"
    case .unsupported(let granularity):
      "masks cannot be selected by \(granularity); use element, nm, block, kernel or channel"
    case .badBlock(let rows, let columns):
      "block is \(rows)x\(columns), expected at least one row and one column; write block:4x4"
    }
  }
}
