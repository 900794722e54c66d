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
  /// One axis after the other; fixed ones become channels that are blocked, so that the others keep their classes.
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
