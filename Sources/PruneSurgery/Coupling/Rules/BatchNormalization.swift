import PruneCore

/// `BatchNormalization`: scale, shift, mean and variance belong to the channel.
enum BatchNormalizationRule: CouplingRule {
  static let operations: Set<String> = ["BatchNormalization"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    guard data.rank >= 2 else { throw Unprovable("normalises a value of rank \(data.rank)") }
    var axes = data.axes
    for position in 1..<view.inputs.count {
      let statistic = try view.input(position)
      guard statistic.rank == 1 else { throw Unprovable("has statistics per position") }
      axes[1] = try channels.merge(axes[1], statistic.axes[0], at: view)
    }
    return [axes]
  }
}
