import PruneCore

/// `Transpose`: axes change places.
enum TransposeRule: CouplingRule {
  static let operations: Set<String> = ["Transpose"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let order = view.node.ints("perm") ?? Array(data.shape.indices.reversed())
    guard order.sorted() == Array(data.shape.indices) else {
      throw Unprovable("has the order \(order) for rank \(data.rank)")
    }
    return [order.map { data.axes[$0] }]
  }
}

/// `DepthToSpace` and `SpaceToDepth`: channels that share positions in space belong together.
enum DepthToSpaceRule: CouplingRule {
  static let operations: Set<String> = ["DepthToSpace", "SpaceToDepth"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let side = view.node.int("blocksize") ?? 0
    let shape = try view.outputShape()
    guard data.rank == 4, shape.count == 4, side >= 1, shape[1] <= AxisLabels.longest else {
      throw Unprovable("rearranges \(data.shape) in blocks of \(side)")
    }
    for labels in data.axes[2...] {
      channels.block(labels, view.blockage("rearranges this axis"))
    }
    let rest = view.fixed(2)
    guard case .channels(let labels) = data.axes[1] else {
      return [[data.axes[0], data.axes[1]] + rest]
    }
    let area = shape[1]
    if view.isSpaceToDepth {
      // Output channel = block position · C + input channel.
      guard area > 0, area % labels.count == 0 else {
        throw Unprovable("makes \(area) channels of \(labels.count)")
      }
      return [
        [data.axes[0], .channels((0..<area).map { labels[$0 % labels.count] })] + rest
      ]
    }
    guard area > 0, labels.count % area == 0 else {
      throw Unprovable("makes \(area) channels of \(labels.count)")
    }
    let block = labels.count / area
    let isColumnRowDepth = view.node.string("mode") == "CRD"
    for (index, label) in labels.enumerated() {
      let output = isColumnRowDepth ? index / block : index % area
      channels.classes.merge(labels[isColumnRowDepth ? output * block : output], label)
    }
    return [
      [
        data.axes[0],
        .channels((0..<area).map { labels[isColumnRowDepth ? $0 * block : $0] }),
      ] + rest
    ]
  }
}

extension NodeView {
  fileprivate var isSpaceToDepth: Bool { node.operation == "SpaceToDepth" }
}
