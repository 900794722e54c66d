import PruneCore

/// Collects the classes of a propagation into groups of units.
struct GroupFormation {
  private(set) var groups: [CouplingGroup] = []
  private(set) var obstacles: [CouplingObstacle] = []
  private(set) var required: [[Int]] = []

  private let map: ChannelMap
  private let classes: ChannelClasses
  private let productions: [Production]
  /// Units that are alone along an axis and so must be kept, beyond those that the propagation blocked.
  private var alone: Set<Int> = []
  /// Slices by unit.
  private var slices: [Int: [ParameterSlice]] = [:]

  init(_ propagation: ChannelPropagation, _ map: ChannelMap) {
    self.map = map
    classes = propagation.classes
    productions = propagation.productions
    let candidates = Set(
      productions.flatMap(\.channels).map(map.unit).filter { classes.blockage(of: $0) == nil })
    findRequired(among: candidates, in: propagation)
    collectSlices(of: candidates.subtracting(alone), in: propagation)
    formGroups()
    findObstacles()
  }

  // MARK: Axes

  /// Finds the axes that would be empty if all their units were removed; of two that contain each other only the
  /// smaller is listed.
  private mutating func findRequired(
    among candidates: Set<Int>, in propagation: ChannelPropagation
  ) {
    var distinct: Set<[Int]> = []
    for value in propagation.values.values {
      for axis in value.axes {
        guard let channels = axis.channels else { continue }
        let units = Set(channels.map(map.unit))
        if units.isSubset(of: candidates) { distinct.insert(units.sorted()) }
      }
    }
    alone = Set(distinct.filter { $0.count == 1 }.joined())
    var accepted: [[Int]] = []
    var holders: [Int: [Int]] = [:]
    let order = distinct.sorted {
      ($0.count, $0[0], $0.last ?? 0) < ($1.count, $1[0], $1.last ?? 0)
    }
    for units in order where alone.isDisjoint(with: units) {
      var hits: [Int: Int] = [:]
      for unit in units { for holder in holders[unit] ?? [] { hits[holder, default: 0] += 1 } }
      guard !hits.contains(where: { accepted[$0.key].count == $0.value }) else { continue }
      for unit in units { holders[unit, default: []].append(accepted.count) }
      accepted.append(units)
    }
    required = accepted
  }

  private mutating func collectSlices(
    of units: Set<Int>, in propagation: ChannelPropagation
  ) {
    for (index, axis) in propagation.parameterAxes.enumerated() {
      var positions: [Int: [Int]] = [:]
      for position in 0..<axis.extent {
        let unit = map.unit(of: axis.first + position)
        if units.contains(unit) { positions[unit, default: []].append(position) }
      }
      for (unit, indices) in positions {
        slices[unit, default: []].append(
          ParameterSlice(
            parameter: axis.parameter, axis: axis.axis, indices: indices,
            isConsumed: propagation.consumedAxes.contains(index)))
      }
    }
  }

  // MARK: Groups

  /// Forms one group of all layers whose outputs share a unit.
  private mutating func formGroups() {
    var groupOf: [Int: Int] = [:]
    var members: [[Int]] = []
    for (index, production) in productions.enumerated() {
      let known = Set(production.channels.compactMap { groupOf[map.unit(of: $0)] }).sorted()
      let group: Int
      if let first = known.first {
        group = first
        for other in known.dropFirst() {
          members[group] += members[other]
          for member in members[other] {
            for channel in productions[member].channels { groupOf[map.unit(of: channel)] = group }
          }
          members[other] = []
        }
      } else {
        group = members.count
        members.append([])
      }
      members[group].append(index)
      for channel in production.channels { groupOf[map.unit(of: channel)] = group }
    }
    for indices in members where !indices.isEmpty {
      if let group = group(of: indices.sorted().map { productions[$0] }) { groups.append(group) }
    }
    let firsts = Dictionary(
      productions.enumerated().map { ($1.layer, $0) }, uniquingKeysWith: { first, _ in first })
    groups.sort { (firsts[$0.name] ?? 0) < (firsts[$1.name] ?? 0) }
  }

  private func group(of members: [Production]) -> CouplingGroup? {
    var seen: Set<Int> = []
    var units: [CoupledUnit] = []
    for member in members {
      for channel in member.channels {
        let unit = map.unit(of: channel)
        guard seen.insert(unit).inserted, let slices = slices[unit] else { continue }
        units.append(CoupledUnit(id: unit, slices: slices))
      }
    }
    guard let first = members.first, !units.isEmpty else { return nil }
    var kind = first.kind
    if members.contains(where: { $0.kind == .hiddenUnit }) {
      kind = .hiddenUnit
    } else if units.contains(where: { classes.isMarked($0.id, .head) }) {
      kind = .head
    } else if members.contains(where: { $0.kind == .channel }) {
      kind = .channel
    }
    var layers: [String] = []
    for member in members where !layers.contains(member.layer) { layers.append(member.layer) }
    return CouplingGroup(name: first.layer, kind: kind, layers: layers, units: units)
  }

  // MARK: Obstacles

  private mutating func findObstacles() {
    for production in productions {
      var counts: [Blockage: Int] = [:]
      var order: [Blockage] = []
      for channel in production.channels {
        guard let blockage = blockage(of: channel, in: production) else { continue }
        if counts[blockage] == nil { order.append(blockage) }
        counts[blockage, default: 0] += 1
      }
      obstacles += order.map {
        CouplingObstacle(
          layer: production.layer, blocked: counts[$0] ?? 0, outputs: production.channels.count,
          blockage: $0)
      }
    }
  }

  private func blockage(of channel: Int, in production: Production) -> Blockage? {
    if let blockage = classes.blockage(of: channel) { return blockage }
    guard alone.contains(map.unit(of: channel)) else { return nil }
    return Blockage(
      node: production.layer, operation: "axis", reason: "has no other unit than this one")
  }
}
