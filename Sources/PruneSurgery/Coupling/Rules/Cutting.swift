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

/// `Gather` with constant indices, or along an axis that is fixed.
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

/// Constant bounds of a `Slice` node, from attributes (before opset 10) or inputs.
struct SliceBounds {
  let axes: [Int]
  private let starts: [Int]
  private let ends: [Int]
  private let steps: [Int]

  struct Entry {
    let start: Int
    let end: Int
    let step: Int
  }

  /// Reads the bounds; `nil` where one is computed or the lists do not match.
  init?(_ view: NodeView, _ shapeValues: ShapeValues) {
    let node = view.node
    func list(_ attribute: String, _ position: Int) -> [Int]?? {
      if view.opset < 10 { return .some(node.ints(attribute)) }
      guard position < node.inputs.count, !node.inputs[position].isEmpty else { return .some(nil) }
      guard let values = shapeValues.integers(node.inputs[position]) else { return .none }
      return .some(values)
    }
    guard let starts = list("starts", 1) ?? nil, let ends = list("ends", 2) ?? nil,
      let axes = list("axes", 3), let steps = list("steps", 4)
    else { return nil }
    self.starts = starts
    self.ends = ends
    self.axes = axes ?? Array(starts.indices)
    self.steps = steps ?? starts.map { _ in 1 }
    guard ends.count == starts.count, self.axes.count == starts.count,
      self.steps.count == starts.count
    else { return nil }
  }

  /// Bounds of one entry of ``axes`` as positions along an axis of that extent; the end is exclusive and not before
  /// the start.
  func entry(_ position: Int, extent: Int) -> Entry {
    func clamped(_ bound: Int) -> Int {
      max(0, min(extent, bound < 0 ? bound.addingReportingOverflow(extent).partialValue : bound))
    }
    let start = clamped(starts[position])
    return Entry(
      start: start, end: max(start, clamped(ends[position])), step: steps[position])
  }

  func entries(extent: Int) -> [Entry] { axes.indices.map { entry($0, extent: extent) } }
}
