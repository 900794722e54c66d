/// Why channels cannot be removed: the node that needs them, and what for.
public struct Blockage: Hashable, Sendable {
  /// Label of the node; name of the output or tensor where it is none.
  public let node: String
  /// Operator type of the node, such as `Reshape`; otherwise what it is, such as `graph output`.
  public let operation: String
  /// Completes "*operation* '*node*' …", such as `promises these values`.
  public let reason: String
}

extension Blockage: CustomStringConvertible {
  public var description: String { "\(operation) '\(node)' \(reason)" }
}

/// Output channels of one layer that were left alone, and what stopped them.
public struct CouplingObstacle: Hashable, Sendable {
  /// Label of the layer's node.
  public let layer: String
  /// How many of its outputs this stopped.
  public let blocked: Int
  /// How many outputs it has.
  public let outputs: Int
  /// What needs them, and what for.
  public let blockage: Blockage
}
