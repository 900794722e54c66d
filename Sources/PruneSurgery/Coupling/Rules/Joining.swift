import PruneCore

/// `Concat`: channels follow one another along one axis and match along the others.
enum ConcatRule: CouplingRule {
  static let operations: Set<String> = ["Concat"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    var operands: [TrackedValue] = []
    for position in view.inputs.indices { operands.append(try view.input(position)) }
    guard let first = operands.first else { throw Unprovable("joins nothing") }
    let axis = try view.axis(view.node.int("axis") ?? 1, rank: first.rank)
    guard operands.allSatisfy({ $0.rank == first.rank }) else {
      throw Unprovable("joins values of different ranks")
    }
    var result = first.axes
    for other in result.indices where other != axis {
      for operand in operands.dropFirst() {
        result[other] = try channels.merge(result[other], operand.axes[other], at: view)
      }
    }
    result[axis] = try channels.join(operands.map { ($0.axes[axis], $0.shape[axis]) }, at: view)
    return [result]
  }
}

/// `Tile`: channels repeat.
enum TileRule: CouplingRule {
  static let operations: Set<String> = ["Tile"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    guard view.node.inputs.count > 1,
      let repeats = channels.shapeValues.integers(view.node.inputs[1]), repeats.count == data.rank
    else { throw Unprovable("computes its repeats") }
    let shape = try view.outputShape()
    guard
      zip(zip(data.shape, repeats), shape).allSatisfy({
        $0.0.multipliedReportingOverflow(by: $0.1) == ($1, false)
      })
    else { throw Unprovable("makes \(shape) of \(data.shape)") }
    guard !zip(data.axes, shape).contains(where: { $0.channels != nil && $1 > AxisLabels.longest })
    else { throw Unprovable("makes an axis that is too long to follow") }
    return [
      zip(data.axes, repeats).map { labels, count in
        guard case .channels(let single) = labels, count > 1 else { return labels }
        return .channels((0..<count).flatMap { _ in single })
      }
    ]
  }
}

extension ChannelPropagation {
  /// Labels of axes one after the other; fixed ones become channels that are blocked, so that the others keep their
  /// classes.
  mutating func join(
    _ parts: [(AxisLabels, Int)], at view: NodeView
  ) throws(Unprovable) -> AxisLabels {
    guard parts.contains(where: { $0.0.channels != nil }) else {
      return parts.first?.0 ?? .fixed(view.blockage("joins nothing"))
    }
    var result: [Int] = []
    for (labels, extent) in parts {
      switch labels {
      case .channels(let channels): result += channels
      case .fixed(let blockage):
        guard (0...AxisLabels.longest).contains(extent) else {
          throw Unprovable("joins an axis that is too long to follow")
        }
        let fixed = classes.makeChannels(extent)
        for channel in fixed { classes.block(channel, blockage) }
        result += fixed
      }
    }
    return .channels(result)
  }
}

/// `Pad` with constants: added positions become channels of their own, whose number follows when some are removed.
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

  /// Constant amounts before and after each axis; `nil` where they are computed.
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
