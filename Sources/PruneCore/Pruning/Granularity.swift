/// What is removed as a unit.
public enum Granularity: Hashable, Sendable {
  case element
  case nm(NMPattern)
  case block(rows: Int, columns: Int)
  case kernel
  case channel
  case head
  case layer
}

/// N of every M consecutive inputs are *kept*.
public struct NMPattern: Hashable, Sendable {
  public let kept: Int
  public let of: Int

  /// - Throws: ``BudgetError/badPattern(kept:of:)`` unless `1 <= kept < of`.
  public init(kept: Int, of: Int) throws(BudgetError) {
    guard kept >= 1, kept < of else { throw .badPattern(kept: kept, of: of) }
    self.kept = kept
    self.of = of
  }
}

extension Granularity: CustomStringConvertible {
  /// As the command line writes it.
  public var description: String {
    switch self {
    case .element: "element"
    case .nm(let pattern): "nm:\(pattern.kept):\(pattern.of)"
    case .block(let rows, let columns): "block:\(rows)x\(columns)"
    case .kernel: "kernel"
    case .channel: "channel"
    case .head: "head"
    case .layer: "layer"
    }
  }
}
