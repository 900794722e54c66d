/// Unit of pruning.
public enum Granularity: Hashable, Sendable {
  /// Single weights, anywhere.
  case element
  /// Single weights, a fixed number of which is kept out of every few consecutive inputs.
  case nm(NMPattern)
  /// Tiles of a layer's matrix, `rows` outputs × `columns` inputs.
  case block(rows: Int, columns: Int)
  /// All positions of one input channel's kernel in one output channel of a convolution.
  case kernel
  /// Output channels and neurons, with everything coupled to them.
  case channel
  /// Attention heads, with their part of every projection.
  case head
  /// All layers of a residual branch together; the path beside it is kept.
  case layer
  /// Coupled units of every kind, chosen with regard to the cost that each saves.
  case auto
}

/// Pattern that *keeps* N of every M consecutive inputs.
public struct NMPattern: Hashable, Sendable {
  /// N, the number of inputs kept.
  public let kept: Int
  /// M, the number of consecutive inputs in a group.
  public let of: Int

  /// - Throws: ``BudgetError/badPattern(kept:of:)`` unless `1 <= kept < of`.
  public init(kept: Int, of: Int) throws(BudgetError) {
    guard kept >= 1, kept < of else { throw .badPattern(kept: kept, of: of) }
    self.kept = kept
    self.of = of
  }
}

extension Granularity: CustomStringConvertible {
  /// Spelling on the command line.
  public var description: String {
    switch self {
    case .element: "element"
    case .nm(let pattern): "nm:\(pattern.kept):\(pattern.of)"
    case .block(let rows, let columns): "block:\(rows)x\(columns)"
    case .kernel: "kernel"
    case .channel: "channel"
    case .head: "head"
    case .layer: "layer"
    case .auto: "auto"
    }
  }
}

extension Granularity {
  /// Examples of every spelling that ``init(_:)`` reads.
  public static let spellings = [
    "element", "nm:2:4", "block:4x4", "kernel", "channel", "head", "layer",
    "auto",
  ]

  /// Reads a granularity as the command line writes it.
  ///
  /// - Throws: ``BudgetError/badPattern(kept:of:)``, ``BudgetError/unknownGranularity(_:)``.
  public init(_ text: String) throws(BudgetError) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count) {
    case ("element", 1): self = .element
    case ("kernel", 1): self = .kernel
    case ("channel", 1): self = .channel
    case ("head", 1): self = .head
    case ("layer", 1): self = .layer
    case ("auto", 1): self = .auto
    case ("nm", 3):
      guard let kept = Int(parts[1]), let of = Int(parts[2]) else {
        throw .unknownGranularity(text)
      }
      self = .nm(try NMPattern(kept: kept, of: of))
    case ("block", 2):
      let extents = parts[1].split(separator: "x", omittingEmptySubsequences: false)
      guard extents.count == 2, let rows = Int(extents[0]), let columns = Int(extents[1]),
        rows > 0, columns > 0
      else { throw .unknownGranularity(text) }
      self = .block(rows: rows, columns: columns)
    default: throw .unknownGranularity(text)
    }
  }
}

/// Scope within which scores are compared.
public enum RankingScope: String, Hashable, Sendable, CaseIterable, Codable {
  /// All layers together, so that some layers end sparser than others.
  case global
  /// Only within a layer; every layer is brought to the same density.
  case layerwise
}
