import PruneCore

/// `Pad`: added channels are constants, as many as there are partners for.
enum PadRule: CouplingRule {
  static let operations: Set<String> = ["Pad"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let shape = try view.outputShape()
    guard let (before, after) = amounts(view, channels, rank: data.rank), shape.count == data.rank
    else { throw Unprovable("computes its amounts") }
    let isConstant = view.node.string("mode") ?? "constant" == "constant"
    var result = data.axes
    for axis in data.shape.indices where before[axis] != 0 || after[axis] != 0 {
      guard isConstant, before[axis] >= 0, after[axis] >= 0, data.axes[axis].channels != nil,
        shape[axis] <= AxisLabels.longest,
        // Bounds the two amounts before channels are made for them.
        shape[axis] - data.shape[axis] == before[axis] + after[axis]
      else {
        channels.block(data.axes[axis], view.blockage("pads this axis"))
        result[axis] = .fixed(view.blockage("pads this axis"))
        continue
      }
      let first = channels.classes.makeChannels(before[axis])
      let last = channels.classes.makeChannels(after[axis])
      result[axis] = .channels(first + (data.axes[axis].channels ?? []) + last)
      channels.edit(view, .padding(axis: axis, before: first, after: last))
    }
    return [result]
  }

  private static func amounts(
    _ view: NodeView, _ channels: ChannelPropagation, rank: Int
  ) -> (before: [Int], after: [Int])? {
    var pads = view.node.ints("pads")
    if pads == nil, view.node.inputs.count > 1 {
      pads = channels.shapeValues.integers(view.node.inputs[1])
    }
    guard let pads, pads.count % 2 == 0 else { return nil }
    let half = pads.count / 2
    var axes = Array(0..<rank)
    if view.node.inputs.count > 3, !view.node.inputs[3].isEmpty {
      guard let stored = channels.shapeValues.integers(view.node.inputs[3]) else { return nil }
      axes = stored.map { $0 < 0 ? $0 + rank : $0 }
    }
    guard axes.count == half, axes.allSatisfy((0..<rank).contains),
      pads.allSatisfy({ $0.magnitude < 1 << 31 })
    else { return nil }
    var before = [Int](repeating: 0, count: rank)
    var after = before
    for (entry, axis) in axes.enumerated() {
      before[axis] = pads[entry]
      after[axis] = pads[half + entry]
    }
    return (before, after)
  }
}
