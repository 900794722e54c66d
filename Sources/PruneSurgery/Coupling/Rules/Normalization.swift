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

/// `InstanceNormalization`: each channel is normalised over its positions.
enum InstanceNormalizationRule: CouplingRule {
  static let operations: Set<String> = ["InstanceNormalization"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    guard data.rank >= 3 else { throw Unprovable("normalises a value of rank \(data.rank)") }
    var axes = data.axes
    for position in 1...2 {
      let parameter = try view.input(position)
      guard parameter.rank == 1 else { throw Unprovable("has parameters \(parameter.shape)") }
      axes[1] = try channels.merge(axes[1], parameter.axes[0], at: view)
    }
    for labels in axes[2...] { channels.block(labels, view.blockage("normalises over this axis")) }
    return [axes]
  }
}

/// `GroupNormalization`: the channels of a group are normalised together, so whole groups are removed.
enum GroupNormalizationRule: CouplingRule {
  static let operations: Set<String> = ["GroupNormalization"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let (data, scale, shift) = (try view.input(0), try view.input(1), try view.input(2))
    let groups = view.node.int("num_groups") ?? 0
    guard data.rank >= 2, groups >= 1, data.shape[1] % groups == 0, scale.rank == 1,
      scale.shape == shift.shape
    else { throw Unprovable("normalises \(data.shape) in \(groups) groups") }
    for labels in data.axes.dropFirst(2) {
      channels.block(labels, view.blockage("normalises over this axis"))
    }
    guard case .channels(let labels) = data.axes[1], groups > 1 else {
      for part in [data.axes[1], scale.axes[0], shift.axes[0]] {
        channels.block(part, view.blockage("normalises over all channels"))
      }
      return [data.axes]
    }
    let each = labels.count / groups
    for (index, label) in labels.enumerated() {
      channels.classes.merge(labels[index / each * each], label)
    }
    let representatives = (0..<groups).map { labels[$0 * each] }
    for parameter in [scale, shift] {
      // One per group before opset 21, one per channel since.
      let target = parameter.shape[0] == groups ? representatives : labels
      try channels.merge(parameter.axes[0], .channels(target), at: view)
    }
    channels.edit(view, .count(attribute: "num_groups", of: representatives))
    return [data.axes]
  }
}

/// Normalisations over all axes from one on.
enum LayerNormalizationRule: CouplingRule {
  static let operations: Set<String> = ["LayerNormalization", "RMSNormalization"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let first = try view.axis(view.node.int("axis") ?? -1, rank: data.rank)
    let blockage = view.blockage("normalises over this axis")
    for labels in data.axes[first...] { channels.block(labels, blockage) }
    for parameter in view.inputs.dropFirst() {
      for labels in parameter?.axes ?? [] { channels.block(labels, blockage) }
    }
    return [data.axes]
  }
}

/// `LRN`: each channel is divided by its neighbours along axis 1.
enum ChannelWindowRule: CouplingRule {
  static let operations: Set<String> = ["LRN"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    guard data.rank >= 2 else { throw Unprovable("normalises a value of rank \(data.rank)") }
    channels.block(data.axes[1], view.blockage("divides each channel by its neighbours"))
    return [data.axes]
  }
}

/// Operators that need all of one axis, or of some, and keep the shape.
enum WholeAxisRule: CouplingRule {
  static let operations: Set<String> = [
    "CumSum", "LpNormalization", "MeanVarianceNormalization",
  ]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let axes: [Int]
    switch view.node.operation {
    case "CumSum":
      guard view.node.inputs.count > 1,
        let stored = channels.shapeValues.integers(view.node.inputs[1])
      else { throw Unprovable("computes its axis") }
      axes = stored
    case "LpNormalization": axes = [view.node.int("axis") ?? -1]
    default: axes = view.node.ints("axes") ?? [0, 2, 3]
    }
    for axis in axes {
      let position = try view.axis(axis, rank: data.rank)
      channels.block(data.axes[position], view.blockage("needs all of this axis"))
    }
    // A zeroed channel has norm 0, by which it would be divided.
    if view.node.operation == "LpNormalization" { channels.markUndefinedAtZero(data.axes) }
    return [data.axes]
  }
}
