/// Failure to select masks.
public enum SelectionError: Error, Equatable, CustomStringConvertible {
  /// A density outside of `0 < density <= 1`, or NaN.
  case densityOutOfRange(Double)
  /// A number of scores that is neither that of the layer's weights nor that of its units.
  case wrongScoreCount(layer: String, got: Int, expected: String)
  /// A score that is NaN; `index` is that of the weight or unit.
  case notANumber(layer: String, index: Int)
  /// A density that keeps fewer weights than the layers need so that none is emptied.
  case tooFew(asked: Int, needed: Int, layer: String)
  /// A granularity whose units are not parts of one layer's matrix.
  case unsupported(Granularity)
  /// A block size without a row or a column.
  case badBlock(rows: Int, columns: Int)
  /// No unit of the asked kind can be cut out, with the first reason found.
  case nothingStructural(String)
  /// A criterion of whole units with a granularity of single weights.
  case structuralOnly(String)
  /// A predictor of single weights where whole units are cut out.
  case weightsOnly(String)
  /// A criterion that reads batch-norm scales, on a graph without batch normalisation.
  case noNormalization

  public var description: String {
    switch self {
    case .densityOutOfRange(let value):
      "density is \(value), expected above 0 and at most 1; keeping 10 % is 0.1"
    case .wrongScoreCount(let layer, let got, let expected):
      "layer '\(layer)' has \(got) scores, expected \(expected)"
    case .notANumber(let layer, let index):
      "layer '\(layer)' has the score NaN at \(index); look for NaN or infinite weights and statistics"
    case .tooFew(let asked, let needed, let layer):
      "cannot keep \(asked) weights: \(needed) are needed so that no layer empties ('\(layer)' is the largest of these); lower the sparsity"
    case .unsupported(let granularity):
      "masks cannot be selected by \(granularity); use element, nm, block, kernel or channel"
    case .badBlock(let rows, let columns):
      "block is \(rows)x\(columns), expected at least one row and one column; write block:4x4"
    case .nothingStructural(let reason):
      "no coupled unit of this kind can be removed: \(reason); see `autoprune inspect --groups`, or use --granularity element"
    case .structuralOnly(let name):
      "\(name) scores whole units; use it with --granularity channel, head, layer or auto"
    case .weightsOnly(let name):
      "predictor \(name) scores single weights; leave it out for the preset that scores whole units, or use --granularity element, nm, block or kernel"
    case .noNormalization:
      "criterion bn-scale needs batch normalisation, and the graph has none; use --criterion l1"
    }
  }
}
