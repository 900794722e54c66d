import PruneCore

/// Pooling in windows: channels `[N, C, …]` stay apart.
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
