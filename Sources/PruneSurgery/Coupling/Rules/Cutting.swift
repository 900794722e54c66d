import PruneCore

/// `Split`: consecutive parts of one axis.
enum SplitRule: CouplingRule {
  static let operations: Set<String> = ["Split"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let axis = try view.axis(view.node.int("axis") ?? 0, rank: data.rank)
    var sizes: [Int] = []
    for position in view.node.outputs.indices {
      let shape = try view.outputShape(position)
      guard shape.count == data.rank else { throw Unprovable("makes \(shape) of \(data.shape)") }
      sizes.append(shape[axis])
    }
    var left = data.shape[axis]
    for size in sizes {
      guard size >= 0, size <= left else { throw Unprovable("splits \(left) positions at \(size)") }
      left -= size
    }
    guard left == 0 else { throw Unprovable("leaves \(left) positions out") }
    guard case .channels(let labels) = data.axes[axis] else {
      return sizes.map { _ in data.axes }
    }
    var result: [[AxisLabels]] = []
    var start = 0
    for size in sizes {
      var axes = data.axes
      axes[axis] = .channels(Array(labels[start..<start + size]))
      result.append(axes)
      start += size
    }
    channels.edit(view, .parts(result.map { $0[axis] }, sizes: sizes))
    return result
  }
}

/// `Slice` with constant bounds.
enum SliceRule: CouplingRule {
  static let operations: Set<String> = ["Slice"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    guard let bounds = SliceBounds(view, channels.shapeValues) else {
      throw Unprovable("computes its bounds")
    }
    var result = data.axes
    for (entry, axis) in bounds.axes.enumerated() {
      let position = try view.axis(axis, rank: data.rank)
      guard case .channels(let labels) = data.axes[position] else { continue }
      let range = bounds.entry(entry, extent: data.shape[position])
      guard range.step == 1 else {
        let blockage = view.blockage("takes every \(range.step)th position")
        channels.block(data.axes[position], blockage)
        result[position] = .fixed(blockage)
        continue
      }
      let within = Array(labels[range.start..<range.end])
      result[position] = .channels(within)
      channels.edit(
        view, .bounds(entry: entry, start: range.start, axis: labels, within: within))
    }
    return [result]
  }
}

/// `Gather` with constant indices, or along an axis that stays.
enum GatherRule: CouplingRule {
  static let operations: Set<String> = ["Gather"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let (data, indices) = (try view.input(0), try view.input(1))
    let axis = try view.axis(view.node.int("axis") ?? 0, rank: data.rank)
    var chosen = indices.axes
    if case .channels(let labels) = data.axes[axis] {
      if let positions = channels.shapeValues.integers(view.node.inputs[1]), indices.rank <= 1 {
        chosen = try pick(positions, of: labels, isScalar: indices.rank == 0, view, &channels)
      } else {
        channels.block(data.axes[axis], view.blockage("looks positions up that are computed"))
      }
    }
    for labels in indices.axes {
      channels.block(labels, view.blockage("looks positions up in their order"))
    }
    if indices.rank > 1 || !indices.isStored { chosen = view.fixed(indices.rank, "looks it up") }
    if data.isStored, axis == 0 {
      // An embedding table makes the axes it does not look up.
      for labels in data.axes.dropFirst() { channels.produce(labels, .neuron, by: view) }
    }
    return [Array(data.axes[..<axis]) + chosen + data.axes[(axis + 1)...]]
  }

  private static func pick(
    _ positions: [Int], of labels: [Int], isScalar: Bool, _ view: NodeView,
    _ channels: inout ChannelPropagation
  ) throws(Unprovable) -> [AxisLabels] {
    var chosen: [Int] = []
    for position in positions {
      let index = position < 0 ? position + labels.count : position
      guard labels.indices.contains(index) else {
        throw Unprovable("looks up position \(position) of \(labels.count)")
      }
      chosen.append(index)
    }
    channels.edit(view, .indices(axis: labels, chosen: chosen))
    let picked = chosen.map { labels[$0] }
    guard isScalar || picked.count == 1 else { return [.channels(picked)] }
    let blockage = view.blockage("looks this one position up")
    for channel in picked { channels.classes.block(channel, blockage) }
    return isScalar ? [] : [.fixed(blockage)]
  }
}
