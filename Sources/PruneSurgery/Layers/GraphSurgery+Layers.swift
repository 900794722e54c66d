import PruneCore

extension GraphSurgery {
  /// Takes branches out: what they put out with the weights of their last layers at zero stays as a constant, and where
  /// that is zero the residual path alone.
  func removeBranches(
    _ units: Set<Int>, from graph: inout Graph
  ) throws(SurgeryError) {
    var names = GraphNames(graph)
    for (unit, removal) in analysis.branches.sorted(by: { $0.key < $1.key })
    where units.contains(unit) {
      let branch = removal.branch
      guard let index = graph.nodes.firstIndex(where: { $0.outputs.first == branch.sum }),
        let constant = BranchConstant(branch, of: graph, shapes: removal.shapes).tensor,
        let values = constant.floats
      else { throw .unknownUnits([unit]) }
      let node = graph.nodes[index]
      if values.allSatisfy({ $0 == 0 }) {
        graph.nodes[index] = Node(
          "Identity", name: node.name, inputs: [branch.carried], outputs: node.outputs)
        continue
      }
      let name = names.fresh(node.label + ".constant")
      graph.initializers.append(Initializer(name: name, tensor: constant))
      if graph.model.irVersion < 4 {
        graph.inputs.append(ValueInfo(name: name, shape: constant.shape.map { .fixed($0) }))
      }
      graph.nodes[index].inputs = node.inputs.map { $0 == branch.output ? name : $0 }
    }
  }
}
