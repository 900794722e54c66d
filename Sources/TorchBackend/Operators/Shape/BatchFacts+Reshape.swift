extension BatchFacts {
  /// Axis of the examples in the first input, where no other input depends on them.
  var dataAxis: Int? {
    guard case .axis(let axis)? = inputs.first, inputs.dropFirst().allSatisfy({ $0 == .absent })
    else { return nil }
    return axis
  }

  var inputShape: [Int]? { inputShapes.first ?? nil }
  var outputShape: [Int]? { outputShapes.first ?? nil }

  /// For operators that leave the order of each example's elements alone: the examples stay on an
  /// axis with equally many elements before it, or else become the first axis that holds them
  /// alone.
  func reshaped() -> BatchRule {
    guard let source = dataAxis, let from = inputShape, let to = outputShape else {
      return .unprovable("its shape depends on the examples")
    }
    let holders = to.indices.filter { to[$0] == batch }
    let ahead = from.count(before: source)
    if let target = holders.first(where: { to.count(before: $0) == ahead }) {
      return .output(
        .axis(target), replacement: BatchedReshape(source: source, shape: to, target: target))
    }
    guard batch == 1, let target = holders.first else {
      return .unprovable("no axis of its output is the batch alone")
    }
    return .output(
      .axis(target), replacement: BatchedReshape(source: source, shape: to, target: target))
  }
}
