public import PruneCore

/// Cuts units out of a graph: tensors shrink, constants that count channels follow, what is dead goes.
///
/// Inputs, outputs, opset and the names of what stays are kept. The result computes what the graph
/// computes with the units masked; see ``CouplingAnalysis/masking(_:in:)``. Where all units of a
/// ``ResidualBranch`` go, its sum is left with a constant per channel, or goes where that is zero.
public struct GraphSurgery: Sendable {
  let analysis: CouplingAnalysis

  /// - Parameter analysis: of the graph that is to be cut, or of one with the same nodes and shapes.
  public init(_ analysis: CouplingAnalysis) { self.analysis = analysis }

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
    // Before IR 4 initializers are inputs as well; real inputs have no channels that may go.
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
