public import PruneCore

/// What can be removed from a graph as a unit, and what cannot and why.
public struct CouplingAnalysis: Sendable {
  /// In the order of their first layers.
  public let groups: [CouplingGroup]
  /// In the order of the layers.
  public let obstacles: [CouplingObstacle]
  /// Ids of units of which at least one must stay, one list per axis that would be empty otherwise.
  public let required: [[Int]]
  /// Outputs of all layers, removable or not.
  public let outputs: Int
  let map: ChannelMap

  /// - Parameters:
  ///   - graph: in topological order.
  ///   - shapes: of every value for one example, as `Engine.shapes(of:on:)` reports them; channels that pass a
  ///     value without a shape are left alone.
  public init(_ graph: Graph, shapes: [String: [Int]]) {
    var propagation = ChannelPropagation(graph, shapes: shapes)
    propagation.run()
    let map = ChannelMap(propagation)
    let formation = GroupFormation(propagation, map)
    groups = formation.groups
    obstacles = formation.obstacles
    required = formation.required
    outputs = propagation.productions.reduce(0) { $0 + $1.channels.count }
    self.map = map
  }
}

extension Graph {
  /// Channels, neurons, heads and hidden units that have to be removed together; see ``CouplingAnalysis``.
  public func couplingGroups(shapes: [String: [Int]]) -> CouplingAnalysis {
    CouplingAnalysis(self, shapes: shapes)
  }
}

extension CouplingAnalysis {
  /// Shapes of all values after removal, without surgery: for `MACCounter` and latency models.
  ///
  /// `MACCounter(graph).macs(shapes:)` of the unchanged graph counts the small network with them.
  public func shapes(removing units: Set<Int>) -> [String: [Int]] {
    map.values.mapValues { value in
      zip(value.shape, value.axes).map { extent, labels in
        labels.channels.map { map.keptCount($0, removing: units) } ?? extent
      }
    }
  }

  /// An axis that would be left with nothing, if there is one.
  func emptied(removing units: Set<Int>) -> [Int]? {
    required.first { $0.allSatisfy(units.contains) }
  }
}
