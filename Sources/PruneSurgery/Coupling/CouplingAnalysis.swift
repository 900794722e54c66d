public import PruneCore

/// What can be removed from a graph as a unit, and what cannot and why.
public struct CouplingAnalysis: Sendable {
  /// In the order of their first layers.
  public let groups: [CouplingGroup]
  /// In the order of the layers.
  public let obstacles: [CouplingObstacle]
  /// Ids of units of which at least one must stay, one list per axis that would be empty otherwise;
  /// save where all units of one of ``branches`` go.
  public let required: [[Int]]
  /// What residual paths carry on without, in graph order.
  public let branches: [ResidualBranch]
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
    branches = BranchSearch(graph, map, groups: groups).branches()
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

  /// As ``shapes(removing:)``, for a runtime that computes whole blocks of channels: axes that had
  /// a block or more count as multiples of one.
  package func shapes(removing units: Set<Int>, filledTo multiple: Int) -> [String: [Int]] {
    precondition(multiple > 0, "the multiple is \(multiple), expected > 0")
    return map.values.mapValues { value in
      zip(value.shape, value.axes).map { extent, labels in
        guard let channels = labels.channels else { return extent }
        let left = map.keptCount(channels, removing: units)
        return extent < multiple ? left : (left + multiple - 1) / multiple * multiple
      }
    }
  }

  /// An axis that would be left with nothing, if there is one outside of branches that go whole.
  func emptied(removing units: Set<Int>) -> [Int]? {
    let inside = Set(branches(removing: units).flatMap(\.units))
    return required.first { $0.allSatisfy(units.contains) && !$0.allSatisfy(inside.contains) }
  }

  /// Branches that go with some units.
  package func branches(removing units: Set<Int>) -> [ResidualBranch] {
    branches.filter { $0.units.allSatisfy(units.contains) }
  }
}
