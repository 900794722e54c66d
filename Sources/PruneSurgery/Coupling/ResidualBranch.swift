import PruneCore

/// Layers that end in a residual sum which carries on without them: once all units inside are gone,
/// the last layer sums over nothing and hands on one constant per channel.
///
/// - Source: leaving residual layers out as in Veit et al., *Residual Networks Behave Like Ensembles of Relatively Shallow
///   Networks*, 2016, [arXiv:1605.06431](https://arxiv.org/abs/1605.06431), §4.1.
public struct ResidualBranch: Hashable, Sendable {
  /// Label of the last layer.
  public let name: String
  /// Labels of all layers that go, in graph order.
  public let layers: [String]
  /// Ids of the units that exist in the branch alone, ascending; removing all of them removes the
  /// branch.
  public let units: [Int]
  /// The weights with which the last layer reads its inputs, under an id that no unit has.
  public let gate: CoupledUnit
  /// Positions of the nodes from the last layer to the sum, that one left out.
  let path: [Int]
  /// Position of the sum's node.
  let sum: Int
  /// Which operand of the sum the branch is.
  let operand: Int
}

extension ResidualBranch {
  /// What is left of the branch without its units, one number per channel of the sum.
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
