public import PruneCore

/// Removes units from a graph: tensors shrink, constants that count channels follow, dead nodes and
/// tensors are dropped.
///
/// Inputs, outputs, opset and the names of everything kept do not change. The result computes the
/// same as the graph with the units masked; see ``CouplingAnalysis/masking(_:in:)``. Where all units
/// of a ``ResidualBranch`` are removed, its sum adds a constant per channel instead, or is removed
/// too where that is zero.
public struct GraphSurgery: Sendable {
  let analysis: CouplingAnalysis

  /// - Parameter analysis: analysis of the graph to cut, or of one with the same nodes and shapes.
  public init(_ analysis: CouplingAnalysis) { self.analysis = analysis }

  /// The graph without the units.
  ///
  /// - Parameters:
  ///   - units: ids of units of the analysis.
  ///   - graph: the analysed graph, whose weights may have changed since.
  public func remove(_ units: Set<Int>, from graph: Graph) throws(SurgeryError) -> Graph {
    try check(units)
    if units.isEmpty { return graph }
    var result = graph
    try slice(&result, removing: units)
    try leaveOutBranches(of: graph, in: &result, removing: units)
    var application = EditApplication(result, analysis.map, removing: units)
    result = application.apply()
    updateDeclarations(of: &result, removing: units)
    result.removeIdentities()
    result.removeDead(since: graph)
    return result
  }

  private func check(_ units: Set<Int>) throws(SurgeryError) {
    let known = Set(analysis.groups.flatMap(\.units).map(\.id))
    let unknown = units.subtracting(known)
    guard unknown.isEmpty else { throw .unknownUnits(unknown.sorted()) }
    if let axis = analysis.emptied(removing: units) {
      let group = analysis.groups.first { $0.units.contains { $0.id == axis[0] } }
      throw .emptied(units: axis.count, group: group?.name ?? "")
    }
  }

  // MARK: Tensors

  private func slice(_ graph: inout Graph, removing units: Set<Int>) throws(SurgeryError) {
    let index = ParameterIndex(graph)
    var tensors: [String: HostTensor] = [:]
    var fills: [String: [Int]] = [:]
    for name in index.names {
      guard let value = analysis.map.values[name], let shape = index.shape(of: name) else {
        continue
      }
      guard shape == value.shape else {
        throw .changed(parameter: name, got: shape, expected: value.shape)
      }
      let kept = value.axes.map { analysis.map.keptPositions($0, removing: units) }
      guard kept.contains(where: { $0 != nil }) else { continue }
      if index.isFill(name) {
        fills[name] = zip(shape, kept).map { $1?.count ?? $0 }
        continue
      }
      guard var tensor = index.tensor(of: name) else { continue }
      for (axis, positions) in kept.enumerated() {
        guard let positions else { continue }
        guard let taken = tensor.taking(positions, along: axis) else {
          throw .unsliceable(parameter: name, type: "\(tensor.elementType)")
        }
        tensor = taken
      }
      tensors[name] = tensor
    }
    do {
      try graph.setParameters(tensors)
    } catch {
      throw .unsliceable(parameter: tensors.keys.min() ?? "", type: "\(error)")
    }
    graph.reshapeFills(fills)
  }

  // MARK: Declared shapes

  private func updateDeclarations(of graph: inout Graph, removing units: Set<Int>) {
    for position in graph.valueInfo.indices {
      update(&graph.valueInfo[position], removing: units)
    }
    // Before IR 4 initializers are inputs as well; real inputs have no removable channels.
    for position in graph.inputs.indices { update(&graph.inputs[position], removing: units) }
  }

  private func update(_ info: inout ValueInfo, removing units: Set<Int>) {
    guard let value = analysis.map.values[info.name], var shape = info.shape,
      shape.count == value.rank
    else { return }
    for (axis, labels) in value.axes.enumerated() {
      guard let channels = labels.channels, case .fixed = shape[axis] else { continue }
      shape[axis] = .fixed(analysis.map.keptCount(channels, removing: units))
    }
    info.shape = shape
  }
}

extension GraphSurgery {
  /// Replaces branches without units by their constants in their sums.
  ///
  /// - Parameters:
  ///   - graph: graph before anything was cut out of it.
  ///   - small: sliced graph with the same nodes.
  func leaveOutBranches(
    of graph: Graph, in small: inout Graph, removing units: Set<Int>
  ) throws(SurgeryError) {
    let branches = analysis.branches(removing: units)
    if branches.isEmpty { return }
    let stored = graph.parameters()
    var names = GraphNames(graph)
    for branch in branches {
      let node = graph.nodes[branch.sum]
      guard let value = analysis.map.values[node.inputs[branch.operand]],
        let axis = ConstantChannels.channelAxis(value),
        let constants = branch.constants(in: graph, analysis.map, stored: stored)
      else {
        throw .unsliceable(
          parameter: branch.gate.slices[0].parameter,
          type: "\(stored[branch.gate.slices[0].parameter]?.elementType ?? .float32)")
      }
      let kept =
        analysis.map.keptPositions(value.axes[axis], removing: units) ?? Array(constants.indices)
      let left = kept.map { Float(constants[$0]) }
      guard left.contains(where: { $0 != 0 }) else {
        small.nodes[branch.sum] = Node(
          "Identity", name: node.name, inputs: [node.inputs[1 - branch.operand]],
          outputs: node.outputs)
        continue
      }
      let shape = [left.count] + [Int](repeating: 1, count: value.rank - axis - 1)
      let name = names.fresh(branch.name + ".constant")
      small.store(HostTensor(left, shape: shape), as: name)
      small.nodes[branch.sum].inputs[branch.operand] = name
    }
  }
}

/// Failed removal of units from a graph.
public enum SurgeryError: Error, Hashable, CustomStringConvertible {
  /// Ids that are no units of the analysis; it may be of another graph.
  case unknownUnits([Int])
  /// All units of one axis were to be removed; a tensor without elements computes nothing.
  case emptied(units: Int, group: String)
  /// A stored tensor has another shape than when the graph was analysed.
  case changed(parameter: String, got: [Int], expected: [Int])
  /// A tensor of a type that cannot be cut, or not be stored again.
  case unsliceable(parameter: String, type: String)

  public var description: String {
    switch self {
    case .unknownUnits(let ids):
      "the analysis holds no units \(ids.prefix(5).map(String.init).joined(separator: ", ")); analyse this graph again"
    case .emptied(let units, let group):
      "removing all \(units) units of an axis in group '\(group)' would leave it empty; keep at least one"
    case .changed(let parameter, let got, let expected):
      "'\(parameter)' has shape \(got), but \(expected) when the graph was analysed; analyse it again"
    case .unsliceable(let parameter, let type):
      "cannot cut '\(parameter)' of type \(type); convert the model to float32 first"
    }
  }
}
