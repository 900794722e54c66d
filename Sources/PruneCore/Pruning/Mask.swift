/// Which connections of one layer stay: `true` = kept, in the stored tensor's order.
public struct Mask: Hashable, Sendable {
  /// `true` where the connection stays.
  public private(set) var kept: [Bool]

  /// - Parameter kept: `[connections]` in stored order.
  public init(_ kept: [Bool]) { self.kept = kept }

  /// A mask that removes none of `count` connections.
  public init(keepingAll count: Int) { kept = [Bool](repeating: true, count: count) }

  /// Keeps the `count` highest scores; ties keep the lower index, so runs repeat exactly.
  /// - Complexity: O(*n* log *n*).
  public init(keeping count: Int, of saliency: [Float]) {
    precondition((0...saliency.count).contains(count), "cannot keep \(count) of \(saliency.count)")
    let ranked = saliency.indices.sorted { (saliency[$1], $0) < (saliency[$0], $1) }
    var kept = [Bool](repeating: false, count: saliency.count)
    for index in ranked.prefix(count) { kept[index] = true }
    self.kept = kept
  }

  /// Number of connections that stay.
  public var keptCount: Int { kept.count { $0 } }
  /// Share of the connections that stay, 0 … 1; 1 for an empty mask.
  public var density: Double { kept.isEmpty ? 1 : Double(keptCount) / Double(kept.count) }
  /// Share of the connections that go: `1 − density`.
  public var sparsity: Double { 1 - density }
}

/// The masks of a network, by the value name of the masked tensor.
public struct MaskSet: Hashable, Sendable {
  /// Tensors without an entry are kept whole.
  public var masks: [String: Mask]

  /// - Parameter masks: by value name, each of its tensor's size.
  public init(_ masks: [String: Mask] = [:]) { self.masks = masks }

  /// The mask of a stored tensor, by its value name; `nil` where all is kept.
  public subscript(parameter: String) -> Mask? {
    get { masks[parameter] }
    set { masks[parameter] = newValue }
  }

  /// Connections that stay, over the masked tensors alone.
  public var keptCount: Int { masks.values.reduce(0) { $0 + $1.keptCount } }
  /// Connections of the masked tensors, removed ones included.
  public var count: Int { masks.values.reduce(0) { $0 + $1.kept.count } }
  /// Share of ``count`` that goes; 0 without masks.
  public var sparsity: Double { count == 0 ? 0 : 1 - Double(keptCount) / Double(count) }

  /// For ``Engine/setMasks(_:of:)``.
  public var byParameter: [String: [Bool]] { masks.mapValues(\.kept) }
}
