import PruneCore

/// Layers that end in a residual sum and can be removed as a whole: without any unit inside, the
/// last layer sums over nothing and outputs one constant per channel.
///
/// - Source: leaving residual layers out as in Veit et al., *Residual Networks Behave Like Ensembles of Relatively Shallow
///   Networks*, 2016, [arXiv:1605.06431](https://arxiv.org/abs/1605.06431), §4.1.
public struct ResidualBranch: Hashable, Sendable {
  /// Label of the last layer.
  public let name: String
  /// Labels of all layers that are removed with the branch, in graph order.
  public let layers: [String]
  /// Ids of the units that exist in the branch alone, ascending; removing all of them removes the
  /// branch.
  public let units: [Int]
  /// The weights with which the last layer reads its inputs, under an id that no unit has.
  public let gate: CoupledUnit
  /// Positions of the nodes from the last layer to the sum, the sum itself excluded.
  let path: [Int]
  /// Position of the sum's node.
  let sum: Int
  /// Position of the branch among the sum's inputs, 0 or 1.
  let operand: Int
}

extension ResidualBranch {
  /// Output of the branch without its units, one number per channel of the sum.
  ///
  /// - Returns: `nil` where it cannot be proved that this is one number for all inputs.
  func constants(
    in graph: Graph, _ map: ChannelMap, stored: [String: HostTensor]
  ) -> [Double]? {
    guard let first = path.first, graph.nodes[first].inputs.count > 1,
      let weight = stored[graph.nodes[first].inputs[1]], weight.elementType == .float32
    else { return nil }
    var emptied = stored
    emptied[graph.nodes[first].inputs[1]] = HostTensor.zeros(weight.shape)
    let constants = ConstantChannels(path.map { graph.nodes[$0] }, map, stored: emptied)
    let found = constants.values[graph.nodes[sum].inputs[operand]]?.compactMap { $0 }
    let extent = map.values[graph.nodes[sum].inputs[operand]].flatMap { value in
      ConstantChannels.channelAxis(value).map { value.shape[$0] }
    }
    return found?.count == extent && found?.allSatisfy(\.isFinite) ?? false ? found : nil
  }
}

/// Finds the residual branches of a graph.
struct BranchSearch {
  private let graph: Graph
  private let map: ChannelMap
  private let units: [Int: CoupledUnit]
  private let readers: ConsumerIndex
  private let stored: [String: HostTensor]
  /// Position of the node that makes a value, by the value's name.
  private var makers: [String: Int] = [:]
  /// Names of values that must be kept: graph outputs, and values that nested graphs read.
  private var promised: Set<String>
  /// Values computed from the numbers of the inputs, as opposed to their shapes alone.
  private var fed: Set<String>
  /// Number of values in which a unit has a position, by the unit's id.
  private var appearances: [Int: Int] = [:]

  private static let layers: Set<String> = ["Conv", "Gemm", "MatMul"]
  /// Operators that give a constant channel for a constant channel.
  private static let passing: Set<String> = [
    "Add", "BatchNormalization", "Dropout", "Identity", "Mul",
  ]
  private static let longestPath = 6

  init(_ graph: Graph, _ map: ChannelMap, groups: [CouplingGroup]) {
    self.graph = graph
    self.map = map
    units = Dictionary(
      groups.flatMap(\.units).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    readers = ConsumerIndex(graph)
    stored = graph.parameters()
    promised = Set(graph.outputs.map(\.name))
    fed = Set(graph.dataInputs.map(\.name))
    for (index, node) in graph.nodes.enumerated() {
      for name in node.outputs where !name.isEmpty { makers[name] = index }
      let captured = graph.capturedNames(of: node)
      promised.formUnion(captured)
      if node.operation != "Shape", node.operation != "Size",
        !fed.isDisjoint(with: captured.union(node.inputs))
      {
        fed.formUnion(node.outputs)
      }
    }
    for value in map.values.values {
      for unit in unitsAlong(value) { appearances[unit, default: 0] += 1 }
    }
  }

  /// Branches in the order of their sums, at most one per sum: the first operand's where both are.
  func branches() -> [ResidualBranch] {
    guard graph.opset >= 7, !units.isEmpty else { return [] }
    var found: [ResidualBranch] = []
    for (index, node) in graph.nodes.enumerated()
    where node.operation == "Add" && node.domain.isEmpty && node.inputs.count == 2 {
      let operands = node.inputs.map { map.values[$0] }
      guard let left = operands[0], let right = operands[1], !left.isStored, !right.isStored,
        left.shape == right.shape, node.inputs[0] != node.inputs[1]
      else { continue }
      // The other operand must have an entry per example.
      for operand in 0...1 where fed.contains(node.inputs[1 - operand]) {
        if let branch = branch(into: index, operand: operand, id: -1 - found.count) {
          found.append(branch)
          break
        }
      }
    }
    return found
  }

  private func branch(into sum: Int, operand: Int, id: Int) -> ResidualBranch? {
    guard let path = path(to: graph.nodes[sum].inputs[operand]) else { return nil }
    let last = graph.nodes[path[0]]
    guard let data = map.values[last.inputs[0]], readers.readers(of: last.inputs[1]).count == 1
    else { return nil }
    let axis = last.operation == "Conv" ? 1 : data.rank - 1
    guard data.axes.indices.contains(axis), let channels = data.axes[axis].channels else {
      return nil
    }
    let dead = nodesDead(with: path)
    let inside = unitsInside(dead)
    let read = Set(channels.map(map.unit))
    guard read.isSubset(of: inside), let gate = gate(of: read, in: last.inputs[1], id: id) else {
      return nil
    }
    let branch = ResidualBranch(
      name: last.label,
      layers: dead.sorted().map { graph.nodes[$0] }.filter { Self.layers.contains($0.operation) }
        .map(\.label),
      units: inside.sorted(), gate: gate, path: path, sum: sum, operand: operand)
    return branch.constants(in: graph, map, stored: stored) == nil ? nil : branch
  }

  /// Nodes from the nearest layer with stored weights to a value, each read by the next alone.
  private func path(to value: String) -> [Int]? {
    var name = value
    var path: [Int] = []
    while path.count < Self.longestPath {
      guard readers.readers(of: name).count == 1, !promised.contains(name), let maker = makers[name]
      else { return nil }
      let node = graph.nodes[maker]
      path.insert(maker, at: 0)
      if Self.layers.contains(node.operation), ConsumedWeight(node, map, stored) != nil {
        return path
      }
      let computed = node.inputs.filter { map.values[$0]?.isStored == false }
      guard Self.passing.contains(node.operation), computed.count == 1 else { return nil }
      name = computed[0]
    }
    return nil
  }

  /// Positions of nodes that nothing needs once the path's constant is known.
  private func nodesDead(with path: [Int]) -> Set<Int> {
    var dead = Set(path)
    for index in graph.nodes.indices.reversed() where !dead.contains(index) {
      let outputs = graph.nodes[index].outputs.filter { !$0.isEmpty }
      let isDead = outputs.allSatisfy { name in
        !promised.contains(name) && readers.readers(of: name).allSatisfy { dead.contains($0.node) }
      }
      if isDead { dead.insert(index) }
    }
    return dead
  }

  private func unitsInside(_ dead: Set<Int>) -> Set<Int> {
    var counts: [Int: Int] = [:]
    for value in map.values.values {
      let isDead =
        if let maker = makers[value.name] {
          dead.contains(maker)
        } else {
          value.isStored && !promised.contains(value.name)
            && readers.readers(of: value.name).allSatisfy { dead.contains($0.node) }
        }
      guard isDead else { continue }
      for unit in unitsAlong(value) { counts[unit, default: 0] += 1 }
    }
    return Set(
      counts.filter { units[$0.key] != nil && appearances[$0.key] == $0.value }.map(\.key))
  }

  private func unitsAlong(_ value: TrackedValue) -> Set<Int> {
    Set(value.axes.lazy.compactMap(\.channels).joined().map(map.unit))
  }

  private func gate(of read: Set<Int>, in weight: String, id: Int) -> CoupledUnit? {
    let slices = read.compactMap { units[$0] }.map { unit in
      unit.slices.first { $0.parameter == weight && $0.isConsumed }
    }
    guard slices.count == read.count, let first = slices.first, let axis = first?.axis else {
      return nil
    }
    var indices: [Int] = []
    for slice in slices {
      guard let slice, slice.axis == axis else { return nil }
      indices += slice.indices
    }
    return CoupledUnit(
      id: id,
      slices: [
        ParameterSlice(parameter: weight, axis: axis, indices: indices.sorted(), isConsumed: true)
      ])
  }
}
