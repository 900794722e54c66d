import PruneCore

extension GraphSurgery {
  /// Puts what is left of branches without units into their sums.
  ///
  /// - Parameters:
  ///   - graph: before anything was cut out of it.
  ///   - small: with the same nodes.
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
