/// Channels that exist together: removing a unit removes its slice of every tensor listed.
///
/// All units of a group lie along the same output axes, so that they are comparable and any of them may go while
/// one stays.
///
/// - Source: the dependency groups of Fang et al., *DepGraph: Towards Any Structural Pruning*, 2023,
///   [arXiv:2301.12900](https://arxiv.org/abs/2301.12900), §3.2.
/// - Note: Found by giving every position of every axis a class and merging classes node by node, instead of by
///   walking a matrix of layer dependencies; this follows single channels through Concat, Split, Slice and Reshape.
public struct CouplingGroup: Hashable, Sendable {
  /// What one unit of a group is.
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
  /// The same for all units of the group.
  public let kind: Kind
  /// Labels of all nodes that produce them, in graph order.
  public let layers: [String]
  /// In the order of the first producer's output axis.
  public let units: [CoupledUnit]
}

/// One channel, neuron, head or hidden unit with everything stored that belongs to it.
public struct CoupledUnit: Hashable, Sendable {
  /// Unique within one ``CouplingAnalysis``.
  public let id: Int
  /// In parameter order.
  public let slices: [ParameterSlice]
}

/// Positions along one axis of a stored tensor.
public struct ParameterSlice: Hashable, Sendable {
  /// Value name; see `Graph.parameters()`.
  public let parameter: String
  /// Counted from 0.
  public let axis: Int
  /// Ascending.
  public let indices: [Int]
  /// Whether a layer sums over this axis: the weights that read the unit, as opposed to those that make it.
  public let isConsumed: Bool
}
