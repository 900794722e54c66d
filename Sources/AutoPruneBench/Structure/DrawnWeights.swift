import AutoPrune

extension Graph {
  /// Random weights in place of tensors that a `ConstantOfShape` node fills: the published light models say their
  /// shapes only, and equal weights would hide a channel that is cut in the wrong place.
  func withDrawnFills() throws -> Graph {
    let stored = parameters()
    var drawn: [String: HostTensor] = [:]
    let roles = weightRoles
    for node in nodes where node.operation == "ConstantOfShape" {
      guard let name = node.outputs.first, let tensor = stored[name],
        tensor.elementType == .float32
      else { continue }
      var random = SeededGenerator(seed: 1, stream: name)
      let range = (roles[name] ?? .scale).range(shape: tensor.shape)
      let values = (0..<tensor.count).map { _ in
        range.lowerBound + (range.upperBound - range.lowerBound) * Float(random.uniform())
      }
      drawn[name] = HostTensor(values, shape: tensor.shape)
    }
    var result = self
    try result.setParameters(drawn)
    return result
  }

  private enum WeightRole {
    case weight
    case shift
    case scale

    /// He et al.'s rule for weights; scales around one.
    func range(shape: [Int]) -> ClosedRange<Float> {
      switch self {
      case .weight:
        let inputs = max(1, shape.dropFirst().reduce(1, *))
        let bound = (6 / Float(inputs)).squareRoot()
        return -bound...bound
      case .shift: return -0.1...0.1
      case .scale: return 0.5...1.5
      }
    }
  }

  private var weightRoles: [String: WeightRole] {
    let roles: [String: [WeightRole?]] = [
      "Conv": [nil, .weight, .shift], "Gemm": [nil, .weight, .shift],
      "MatMul": [nil, .weight], "BatchNormalization": [nil, .scale, .shift, .shift, .scale],
    ]
    var result: [String: WeightRole] = [:]
    for node in nodes {
      for (name, role) in zip(node.inputs, roles[node.operation] ?? []) { result[name] = role }
    }
    return result
  }
}
