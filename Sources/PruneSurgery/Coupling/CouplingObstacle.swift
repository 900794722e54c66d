/// Why channels cannot be removed: the node that needs them, and what for.
public struct Blockage: Hashable, Sendable {
  /// Label of the node.
  public let node: String
  public let operation: String
  public let reason: String

  public init(node: String, operation: String, reason: String) {
    self.node = node
    self.operation = operation
    self.reason = reason
  }
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
  public let blockage: Blockage

  public init(layer: String, blocked: Int, outputs: Int, blockage: Blockage) {
    self.layer = layer
    self.blocked = blocked
    self.outputs = outputs
    self.blockage = blockage
  }
}
