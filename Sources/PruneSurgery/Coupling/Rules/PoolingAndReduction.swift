import PruneCore

/// Pooling in windows: channels of `[N, C, …]` pass on their own.
enum PoolRule: CouplingRule {
  static let operations: Set<String> = ["AveragePool", "LpPool", "MaxPool"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    guard data.rank >= 3 else { throw Unprovable("pools a value of rank \(data.rank)") }
    guard view.node.outputs.dropFirst().allSatisfy(\.isEmpty) else {
      throw Unprovable("counts its indices over all channels")
    }
    for labels in data.axes[2...] {
      channels.block(labels, view.blockage("slides a window along this axis"))
    }
    return [Array(data.axes.prefix(2)) + view.fixed(data.rank - 2)]
  }
}

/// Pooling over all positions.
enum GlobalPoolRule: CouplingRule {
  static let operations: Set<String> = ["GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    guard data.rank >= 3 else { throw Unprovable("pools a value of rank \(data.rank)") }
    for labels in data.axes[2...] {
      channels.block(labels, view.blockage("pools over this axis"))
    }
    return [Array(data.axes.prefix(2)) + view.fixed(data.rank - 2)]
  }
}

/// Reductions over some axes: those need all positions, the others pass.
enum AxisReductionRule: CouplingRule {
  static let operations: Set<String> = [
    "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean",
    "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare",
  ]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    var reduced = Set(data.shape.indices)
    if let axes = try axes(view, channels) {
      reduced = []
      for axis in axes { reduced.insert(try view.axis(axis, rank: data.rank)) }
    }
    if view.node.operation == "ReduceLogSum" { channels.markUndefinedAtZero(data.axes) }
    let keepsRank = view.node.int("keepdims") != 0
    var result: [AxisLabels] = []
    for (axis, labels) in data.axes.enumerated() {
      guard reduced.contains(axis) else {
        result.append(labels)
        continue
      }
      channels.block(labels, view.blockage("reduces over this axis"))
      if keepsRank { result.append(.fixed(view.blockage("reduces over this axis"))) }
    }
    return [result]
  }

  /// Reduced axes, possibly negative; `nil` for all.
  private static func axes(
    _ view: NodeView, _ channels: ChannelPropagation
  ) throws(Unprovable) -> [Int]? {
    if let axes = view.node.ints("axes") { return axes }
    guard view.node.inputs.count > 1, !view.node.inputs[1].isEmpty else {
      return view.node.int("noop_with_empty_axes") == 1 ? [] : nil
    }
    guard let axes = channels.shapeValues.integers(view.node.inputs[1]) else {
      throw Unprovable("computes its axes")
    }
    if axes.isEmpty { return view.node.int("noop_with_empty_axes") == 1 ? [] : nil }
    return axes
  }
}

/// Softmax over one axis, or over all from one on before opset 13.
enum SoftmaxRule: CouplingRule {
  static let operations: Set<String> = ["LogSoftmax", "Softmax"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let axis = try view.axis(
      view.node.int("axis") ?? (view.opset < 13 ? 1 : -1), rank: data.rank)
    let last = view.opset < 13 ? data.rank - 1 : axis
    for labels in data.axes[axis...max(axis, last)] {
      channels.block(labels, view.blockage("normalises over this axis"))
    }
    return [data.axes]
  }
}

/// Positions of extremes along an axis: `ArgMax`, `ArgMin`, `TopK`.
enum ExtremeIndexRule: CouplingRule {
  static let operations: Set<String> = ["ArgMax", "ArgMin", "TopK"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let isTopK = view.node.operation == "TopK"
    let axis = try view.axis(view.node.int("axis") ?? (isTopK ? -1 : 0), rank: data.rank)
    let blockage = view.blockage("compares all positions of this axis")
    channels.block(data.axes[axis], blockage)
    var result = data.axes
    if isTopK || view.node.int("keepdims") != 0 {
      result[axis] = .fixed(blockage)
    } else {
      result.remove(at: axis)
    }
    return view.node.outputs.map { _ in result }
  }
}

/// `Trilu` keeps a triangle of the last two axes.
enum TriangleRule: CouplingRule {
  static let operations: Set<String> = ["Trilu"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    for labels in data.axes.suffix(2) {
      channels.block(labels, view.blockage("keeps a triangle of this axis"))
    }
    return [data.axes]
  }
}
