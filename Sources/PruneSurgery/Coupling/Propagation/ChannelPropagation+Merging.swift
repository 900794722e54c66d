import PruneCore

extension ChannelPropagation {
  /// Matches two axes position by position.
  ///
  /// - Returns: labels of the matched axis.
  @discardableResult
  mutating func merge(
    _ left: AxisLabels, _ right: AxisLabels, at view: NodeView
  ) throws(Unprovable) -> AxisLabels {
    switch (left, right) {
    case (.fixed, .fixed): return left
    case (.fixed(let blockage), .channels), (.channels, .fixed(let blockage)):
      block(left, blockage)
      block(right, blockage)
      return .fixed(blockage)
    case (.channels(let first), .channels(let second)):
      guard first.count == second.count else {
        throw Unprovable("matches \(first.count) positions with \(second.count)")
      }
      for (one, other) in zip(first, second) { classes.merge(one, other) }
      return left
    }
  }

  /// Matches operands aligned at their last axes, extents of 1 stretched.
  ///
  /// - Returns: labels of the axes of `shape`.
  mutating func broadcast(
    _ operands: [TrackedValue], to shape: [Int], at view: NodeView
  ) throws(Unprovable) -> [AxisLabels] {
    var result: [AxisLabels] = []
    for axis in shape.indices {
      var labels: AxisLabels?
      for operand in operands {
        let position = axis - shape.count + operand.rank
        guard position >= 0, operand.shape[position] != 1 || shape[axis] == 1 else { continue }
        guard operand.shape[position] == shape[axis] else {
          throw Unprovable("broadcasts extent \(operand.shape[position]) to \(shape[axis])")
        }
        if let known = labels {
          labels = try merge(known, operand.axes[position], at: view)
        } else {
          labels = operand.axes[position]
        }
      }
      result.append(labels ?? .fixed(view.blockage("computes it")))
    }
    return result
  }

  /// Matches the axes that two operands are summed over.
  ///
  /// A removed channel must add nothing to the sum, which zeroed stored weights ensure.
  mutating func contract(
    _ left: TrackedValue, _ leftAxis: Int, _ right: TrackedValue, _ rightAxis: Int,
    at view: NodeView
  ) throws(Unprovable) {
    let (first, second) = (left.axes[leftAxis], right.axes[rightAxis])
    if !left.isStored, !right.isStored {
      let blockage = view.blockage("multiplies two computed values over this axis")
      block(first, blockage)
      block(second, blockage)
      return
    }
    try merge(first, second, at: view)
    if left.isStored { consume(first) }
    if right.isStored { consume(second) }
  }
}
