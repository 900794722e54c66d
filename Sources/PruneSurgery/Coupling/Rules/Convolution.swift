import PruneCore

/// `Conv`: data `[N, C, …]`, weight `[M, C/g, …]`, bias `[M]`.
enum ConvolutionRule: CouplingRule {
  static let operations: Set<String> = ["Conv"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let (data, weight) = (try view.input(0), try view.input(1))
    let groups = view.node.int("group") ?? 1
    guard data.rank >= 3, weight.rank == data.rank, groups >= 1,
      data.shape[1] % groups == 0, data.shape[1] / groups == weight.shape[1],
      weight.shape[0] > 0, weight.shape[0] % groups == 0
    else { throw Unprovable("has operands \(data.shape) and \(weight.shape) in \(groups) groups") }
    for labels in data.axes[2...] + weight.axes[2...] {
      channels.block(labels, view.blockage("slides a window along this axis"))
    }
    channels.produce(weight.axes[0], .channel, by: view)
    if groups == 1 {
      try channels.contract(data, 1, weight, 1, at: view)
    } else {
      let grouped = GroupedChannels(
        groups: groups, inputs: data.axes[1], outputs: weight.axes[0], shared: weight.axes[1],
        sharedIsConsumed: true, isStored: weight.isStored)
      try channels.merge(grouped, at: view)
    }
    if let bias = view.optionalInput(2), bias.rank == 1 {
      try channels.merge(bias.axes[0], weight.axes[0], at: view)
    }
    let rest = view.fixed(data.rank - 2)
    return [[data.axes[0], weight.axes[0]] + rest]
  }
}

/// `ConvTranspose`: data `[N, C, …]`, weight `[C, M/g, …]`, bias `[M]`.
enum TransposedConvolutionRule: CouplingRule {
  static let operations: Set<String> = ["ConvTranspose"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let (data, weight) = (try view.input(0), try view.input(1))
    let groups = view.node.int("group") ?? 1
    guard data.rank >= 3, weight.rank == data.rank, groups >= 1, data.shape[1] == weight.shape[0],
      weight.shape[0] > 0, weight.shape[0] % groups == 0
    else { throw Unprovable("has operands \(data.shape) and \(weight.shape) in \(groups) groups") }
    for labels in data.axes[2...] + weight.axes[2...] {
      channels.block(labels, view.blockage("slides a window along this axis"))
    }
    var outputs = weight.axes[1]
    if groups == 1 {
      try channels.contract(data, 1, weight, 0, at: view)
    } else {
      // Every group has outputs of its own, which the stored axis names once for all of them.
      let shape = try view.outputShape()
      guard shape.count == data.rank, (1...AxisLabels.longest).contains(shape[1]),
        shape[1] % groups == 0, shape[1] / groups == weight.shape[1]
      else { throw Unprovable("makes \(shape) in \(groups) groups") }
      outputs = .channels(channels.classes.makeChannels(shape[1]))
      let inputs = try channels.merge(weight.axes[0], data.axes[1], at: view)
      let grouped = GroupedChannels(
        groups: groups, inputs: inputs, outputs: outputs, shared: weight.axes[1],
        sharedIsConsumed: false, isStored: weight.isStored)
      try channels.merge(grouped, at: view)
    }
    channels.produce(outputs, .channel, by: view)
    if let bias = view.optionalInput(2), bias.rank == 1 {
      outputs = try channels.merge(outputs, bias.axes[0], at: view)
    }
    return [[data.axes[0], outputs] + view.fixed(data.rank - 2)]
  }
}
