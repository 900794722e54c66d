import PruneCore

/// `Reshape`: axes are split and merged.
enum ReshapeRule: CouplingRule {
  static let operations: Set<String> = ["Reshape"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let shape = try view.outputShape()
    var result = try AxisRegrouping(view, data, to: shape).labels(in: &channels)
    let target: [ShapeValues.Element]
    if view.node.inputs.count > 1 {
      guard let elements = channels.shapeValues[view.node.inputs[1]] else {
        for axis in result { channels.block(axis, view.blockage("computes its shape")) }
        return [result]
      }
      target = elements
    } else {
      target = (view.node.ints("shape") ?? []).map { .constant($0) }
    }
    let copies = view.node.int("allowzero") != 1
    for (axis, element) in target.enumerated() where axis < min(data.rank, result.count) {
      // A copied extent follows by itself once it is the same axis that is meant.
      guard copies, case .constant(0) = element, data.shape[axis] != 1 else { continue }
      result[axis] = try channels.merge(result[axis], data.axes[axis], at: view)
    }
    try channels.follow(target, of: &result, at: view) { _, extent in
      extent == -1 || extent == 0 && copies
    }
    return [result]
  }
}

/// `Flatten` to two axes.
enum FlattenRule: CouplingRule {
  static let operations: Set<String> = ["Flatten"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    [
      try AxisRegrouping(view, try view.input(0), to: try view.outputShape())
        .labels(in: &channels)
    ]
  }
}

/// `Unsqueeze` adds axes of extent 1.
enum UnsqueezeRule: CouplingRule {
  static let operations: Set<String> = ["Unsqueeze"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let rank = try view.outputShape().count
    guard let stated = try view.statedAxes(channels), rank == data.rank + stated.count else {
      throw Unprovable("computes its axes")
    }
    var added: Set<Int> = []
    for axis in stated { added.insert(try view.axis(axis, rank: rank)) }
    guard added.count == stated.count else { throw Unprovable("adds an axis twice") }
    var rest = data.axes[...]
    return [
      (0..<rank).map { axis in
        added.contains(axis) ? .fixed(view.blockage("adds it")) : rest.removeFirst()
      }
    ]
  }
}

/// `Squeeze` takes axes of extent 1 away.
enum SqueezeRule: CouplingRule {
  static let operations: Set<String> = ["Squeeze"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    var removed: Set<Int> = []
    if let stated = try view.statedAxes(channels) {
      for axis in stated { removed.insert(try view.axis(axis, rank: data.rank)) }
    } else {
      removed = Set(data.shape.indices.filter { data.shape[$0] == 1 })
      channels.edit(view, .squeeze(axes: removed.sorted()))
    }
    return [data.axes.indices.filter { !removed.contains($0) }.map { data.axes[$0] }]
  }
}

extension NodeView {
  /// Axes in an attribute or in a constant second input; `nil` where there are none.
  fileprivate func statedAxes(_ channels: ChannelPropagation) throws(Unprovable) -> [Int]? {
    if let axes = node.ints("axes") { return axes }
    guard node.inputs.count > 1, !node.inputs[1].isEmpty else { return nil }
    guard let axes = channels.shapeValues.integers(node.inputs[1]) else {
      throw Unprovable("computes its axes")
    }
    return axes
  }
}
