public import PruneCore

extension Graph {
  /// Layers that go together while a residual path carries on: every group is one unit, of the kind
  /// ``CouplingGroup/Kind/layer``.
  ///
  /// In `y = x + f(x)` these are the layers of `f`: with the weights of the last of them at zero, `f` is what its biases
  /// come to, whatever the input.
  ///
  /// - Source: Veit et al., *Residual Networks Behave Like Ensembles of Relatively Shallow Networks*, 2016,
  ///   [arXiv:1605.06431](https://arxiv.org/abs/1605.06431), §4.1, where single layers are deleted in the same way.
  /// - Parameter shapes: as for ``couplingGroups(shapes:)``.
  public func residualLayers(shapes: [String: [Int]]) -> CouplingAnalysis {
    CouplingAnalysis(
      self, shapes: shapes, branches: ResidualBranchFinder(self, shapes: shapes).branches())
  }
}

extension CouplingAnalysis {
  init(_ graph: Graph, shapes: [String: [Int]], branches: [ResidualBranch]) {
    var propagation = ChannelPropagation(graph, shapes: shapes)
    propagation.run()
    map = ChannelMap(propagation)
    let first = map.classCount
    groups = branches.enumerated().map { index, branch in
      let slices = branch.layers.map { layer in
        ParameterSlice(
          parameter: layer.parameter, axis: 0, indices: Array(0..<(layer.shape.first ?? 0)),
          isConsumed: branch.last.contains(layer.parameter))
      }
      return CouplingGroup(
        name: branch.name, kind: .layer, layers: branch.layers.map(\.name),
        units: [CoupledUnit(id: first + index, slices: slices)])
    }
    self.branches = Dictionary(
      uniqueKeysWithValues: branches.enumerated().map { index, branch in
        (
          first + index,
          LayerRemoval(branch: branch, shapes: shapes)
        )
      })
    obstacles = []
    required = []
    outputs = propagation.productions.reduce(0) { $0 + $1.channels.count }
  }
}

/// A branch that is a unit of an analysis.
struct LayerRemoval: Sendable {
  let branch: ResidualBranch
  /// Of all values of the graph.
  let shapes: [String: [Int]]
}
