import PruneCore

/// Channels of a convolution in groups, which must keep equal sizes.
struct GroupedChannels {
  let groups: Int
  /// `[groups · inputs per group]`.
  let inputs: AxisLabels
  /// `[groups · outputs per group]`.
  let outputs: AxisLabels
  /// The weight axis that all groups share: inputs of a group for `Conv`, outputs for `ConvTranspose`.
  let shared: AxisLabels
  let sharedIsConsumed: Bool
  let isStored: Bool
}

extension ChannelPropagation {
  /// Merges channels so that either whole groups are removed together, or the same positions of every group,
  /// whichever leaves more units to choose from.
  mutating func merge(
    _ grouped: GroupedChannels, at view: NodeView
  ) throws(Unprovable) {
    guard case .channels(let outputs) = grouped.outputs else {
      let blockage = view.blockage("pairs them in groups with channels that are fixed")
      for labels in [grouped.inputs, grouped.shared] { block(labels, blockage) }
      return
    }
    if case .channels(let inputs) = grouped.inputs {
      let each = inputs.count / grouped.groups
      guard each * grouped.groups == inputs.count, outputs.count >= grouped.groups else {
        throw Unprovable("divides \(inputs.count) channels into \(grouped.groups) groups")
      }
      if each == 1 || grouped.groups > each {
        return mergeGroups(grouped, inputs: inputs, outputs: outputs, at: view)
      }
    }
    mergePositions(grouped, outputs: outputs, at: view)
  }

  private mutating func mergeGroups(
    _ grouped: GroupedChannels, inputs: [Int], outputs: [Int], at view: NodeView
  ) {
    block(grouped.shared, view.blockage("shares these positions among its groups"))
    let inputsEach = inputs.count / grouped.groups
    let outputsEach = outputs.count / grouped.groups
    var representatives: [Int] = []
    for group in 0..<grouped.groups {
      let first = inputs[group * inputsEach]
      for offset in 0..<inputsEach { classes.merge(first, inputs[group * inputsEach + offset]) }
      for offset in 0..<outputsEach { classes.merge(first, outputs[group * outputsEach + offset]) }
      representatives.append(first)
    }
    edit(view, .count(attribute: "group", of: representatives))
  }

  private mutating func mergePositions(
    _ grouped: GroupedChannels, outputs: [Int], at view: NodeView
  ) {
    if let inputs = grouped.inputs.channels {
      mergePositions(inputs, each: inputs.count / grouped.groups)
    }
    mergePositions(outputs, each: outputs.count / grouped.groups)
    let own = grouped.sharedIsConsumed ? grouped.inputs : grouped.outputs
    switch (grouped.shared, own) {
    case (.channels(let shared), .channels(let own)):
      for (offset, channel) in shared.enumerated() { classes.merge(channel, own[offset]) }
    case (.fixed, _):
      block(own, view.blockage("shares its one position among its groups"))
    case (_, .fixed(let blockage)):
      block(grouped.shared, blockage)
    }
    guard grouped.isStored else {
      return block(grouped.inputs, view.blockage("multiplies two computed values over this axis"))
    }
    consume(grouped.sharedIsConsumed ? grouped.shared : grouped.inputs)
  }

  /// Merges the same position of every group.
  private mutating func mergePositions(_ channels: [Int], each: Int) {
    for index in channels.indices { classes.merge(channels[index % each], channels[index]) }
  }
}
