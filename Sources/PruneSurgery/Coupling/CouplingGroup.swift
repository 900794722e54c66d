/// Units along the same output axes; removing one removes its slice of every tensor listed.
///
/// The units of a group are comparable, and any of them may be removed while one is kept.
///
/// - Source: the dependency groups of Fang et al., *DepGraph: Towards Any Structural Pruning*, 2023,
///   [arXiv:2301.12900](https://arxiv.org/abs/2301.12900), §3.2.
/// - Note: Found by giving every position of every axis a class and merging classes node by node, instead of by
///   walking a matrix of layer dependencies; this follows single channels through Concat, Split, Slice and Reshape.
public struct CouplingGroup: Hashable, Sendable {
  /// Kind of a group's units.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Output channel of a convolution.
    case channel
    /// Output of a linear layer.
    case neuron
    /// Attention head: its part of query, key, value and output projection.
    case head
    /// Hidden unit of LSTM, GRU or RNN: all gates, both directions.
    case hiddenUnit
  }

  /// Label of the first node that produces these channels.
  public let name: String
  /// Kind of all units of the group.
  public let kind: Kind
  /// Labels of all nodes that produce them, in graph order.
  public let layers: [String]
  /// Units in the order of the first producer's output axis.
  public let units: [CoupledUnit]
}

/// One channel, neuron, head or hidden unit with everything stored that belongs to it.
public struct CoupledUnit: Hashable, Sendable {
  /// Identifier, unique within one ``CouplingAnalysis``.
  public let id: Int
  /// Slices of all stored tensors that belong to the unit, in parameter order.
  public let slices: [ParameterSlice]
}

/// Positions along one axis of a stored tensor.
public struct ParameterSlice: Hashable, Sendable {
  /// Name of the tensor; see `Graph.parameters()`.
  public let parameter: String
  /// Axis, counted from 0.
  public let axis: Int
  /// Positions along the axis, ascending.
  public let indices: [Int]
  /// `true` where a layer sums over this axis: the weights read the unit, they do not make it.
  public let isConsumed: Bool
}

/// Reason that channels cannot be removed: the node that needs them, and what for.
public struct Blockage: Hashable, Sendable {
  /// Label of the node; name of the graph output or stored tensor where there is no node.
  public let node: String
  /// Operator type of the node, such as `Reshape`; without a node, its kind, such as `graph output`.
  public let operation: String
  /// Completes "*operation* '*node*' …", such as `promises these values`.
  public let reason: String
}

extension Blockage: CustomStringConvertible {
  public var description: String { "\(operation) '\(node)' \(reason)" }
}

/// Output channels of one layer that cannot be removed, with the reason.
public struct CouplingObstacle: Hashable, Sendable {
  /// Label of the layer's node.
  public let layer: String
  /// Number of the layer's outputs that this blocks.
  public let blocked: Int
  /// Number of all outputs of the layer.
  public let outputs: Int
  /// Node that needs the outputs, and what for.
  public let blockage: Blockage
}
