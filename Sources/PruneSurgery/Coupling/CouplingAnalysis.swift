public import PruneCore

/// Coupling groups of a graph, and the channels that cannot be removed with the reasons.
public struct CouplingAnalysis: Sendable {
  /// Coupling groups in the order of their first layers.
  public let groups: [CouplingGroup]
  /// Channels that cannot be removed, in the order of the layers.
  public let obstacles: [CouplingObstacle]
  /// Ids of units of which at least one must be kept, one list per axis that would be empty
  /// otherwise; does not apply where all units of one of ``branches`` are removed.
  public let required: [[Int]]
  /// Residual branches that can be removed as a whole, in graph order.
  public let branches: [ResidualBranch]
  /// Number of outputs of all layers, removable or not.
  public let outputs: Int
  let map: ChannelMap

  /// - Parameters:
  ///   - graph: in topological order.
  ///   - shapes: shape of every value for one example, as `Engine.shapes(of:on:)` reports them; channels that pass a
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

  /// Shapes as by ``shapes(removing:)``, for a runtime that computes whole blocks of channels: axes
  /// that had a block or more are rounded up to multiples of one.
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

  /// Units of an axis that would be empty, outside of branches that are removed whole; `nil` where there is none.
  func emptied(removing units: Set<Int>) -> [Int]? {
    let inside = Set(branches(removing: units).flatMap(\.units))
    return required.first { $0.allSatisfy(units.contains) && !$0.allSatisfy(inside.contains) }
  }

  /// Branches all of whose units are among `units`.
  package func branches(removing units: Set<Int>) -> [ResidualBranch] {
    branches.filter { $0.units.allSatisfy(units.contains) }
  }
}

/// Result of a propagation: the classes of all axes of a graph.
struct ChannelMap: Sendable {
  let values: [String: TrackedValue]
  let edits: [StructuralEdit]
  /// Class of each channel; channels of one class are removed together.
  private let roots: [Int]
  private let undefinedAtZero: Set<Int>

  init(_ propagation: ChannelPropagation) {
    values = propagation.values
    edits = propagation.edits
    let classes = propagation.classes
    roots = (0..<classes.count).map(classes.root)
    undefinedAtZero = Set(roots.filter { classes.isMarked($0, .undefinedAtZero) })
  }

  /// Id of the unit that a channel belongs to.
  func unit(of channel: Int) -> Int { roots[channel] }

  /// `true` where zeroing the weights that make a unit would make NaN or infinity.
  func isUndefinedAtZero(_ unit: Int) -> Bool { undefinedAtZero.contains(unit) }

  /// Number of `channels` whose units are kept.
  func keptCount(_ channels: [Int], removing units: Set<Int>) -> Int {
    units.isEmpty ? channels.count : channels.count { !units.contains(roots[$0]) }
  }

  /// Kept positions along an axis, ascending; `nil` where all are.
  func keptPositions(_ labels: AxisLabels, removing units: Set<Int>) -> [Int]? {
    guard case .channels(let channels) = labels else { return nil }
    let kept = channels.indices.filter { !units.contains(roots[channels[$0]]) }
    return kept.count == channels.count ? nil : kept
  }
}
