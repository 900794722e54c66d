/// Mask of one layer's weights: `true` = kept, in the stored tensor's order.
public struct Mask: Hashable, Sendable {
  /// `true` where the weight is kept.
  public private(set) var kept: [Bool]

  /// - Parameter kept: `[weights]` in stored order, `true` = kept.
  public init(_ kept: [Bool]) { self.kept = kept }

  /// A mask that keeps all of `count` weights.
  public init(keepingAll count: Int) { kept = [Bool](repeating: true, count: count) }

  /// Keeps the `count` highest scores; ties keep the lower index, so runs repeat exactly.
  ///
  /// - Complexity: O(*n* log *n*).
  public init(keeping count: Int, of saliency: [Float]) {
    precondition((0...saliency.count).contains(count), "cannot keep \(count) of \(saliency.count)")
    let ranked = saliency.indices.sorted { (saliency[$1], $0) < (saliency[$0], $1) }
    var kept = [Bool](repeating: false, count: saliency.count)
    for index in ranked.prefix(count) { kept[index] = true }
    self.kept = kept
  }

  /// Number of weights kept.
  public var keptCount: Int { kept.count { $0 } }
  /// Share of the weights kept, 0 … 1; 1 for an empty mask.
  public var density: Double { kept.isEmpty ? 1 : Double(keptCount) / Double(kept.count) }
  /// Share of the weights pruned: `1 − density`.
  public var sparsity: Double { 1 - density }
}

/// The masks of a network, by the value name of the masked tensor.
public struct MaskSet: Hashable, Sendable {
  /// Masks by value name; tensors without an entry are kept whole.
  public var masks: [String: Mask]

  /// - Parameter masks: by value name, each of its tensor's size.
  public init(_ masks: [String: Mask] = [:]) { self.masks = masks }

  /// The mask of a stored tensor, by its value name; `nil` where all is kept.
  public subscript(parameter: String) -> Mask? {
    get { masks[parameter] }
    set { masks[parameter] = newValue }
  }

  /// Number of weights kept, over the masked tensors alone.
  public var keptCount: Int { masks.values.reduce(0) { $0 + $1.keptCount } }
  /// Number of weights of the masked tensors, pruned ones included.
  public var count: Int { masks.values.reduce(0) { $0 + $1.kept.count } }
  /// Share of ``count`` that is pruned; 0 without masks.
  public var sparsity: Double { count == 0 ? 0 : 1 - Double(keptCount) / Double(count) }

  /// The masks as ``Engine/setMasks(_:of:)`` takes them.
  public var byParameter: [String: [Bool]] { masks.mapValues(\.kept) }
}

/// A fraction of weights that are zero.
public struct Sparsity: Hashable, Sendable, Comparable {
  /// The fraction, in `0 ..< 1`.
  public let fraction: Double

  /// A checked fraction.
  ///
  /// - Throws: ``BudgetError/sparsityOutOfRange(_:)``, also for NaN.
  public init(_ fraction: Double) throws(BudgetError) {
    guard (0..<1).contains(fraction) else { throw .sparsityOutOfRange(fraction) }
    self.fraction = fraction
  }

  /// `1 − fraction`, above 0.
  public var density: Double { 1 - fraction }

  public static func < (left: Sparsity, right: Sparsity) -> Bool { left.fraction < right.fraction }
}
