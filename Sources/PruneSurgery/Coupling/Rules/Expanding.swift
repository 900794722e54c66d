import PruneCore

/// `Expand`: axes of extent 1 are stretched, the others go through.
enum ExpandRule: CouplingRule {
  static let operations: Set<String> = ["Expand"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let shape = try view.outputShape()
    var result = try channels.broadcast([data], to: shape, at: view)
    guard view.node.inputs.count > 1, var target = channels.shapeValues[view.node.inputs[1]],
      target.count <= shape.count
    else {
      for axis in result { channels.block(axis, view.blockage("computes its shape")) }
      return [result]
    }
    target = Array(repeating: .constant(1), count: shape.count - target.count) + target
    for (axis, extent) in shape.enumerated() where extent > 1 {
      let position = axis - shape.count + data.rank
      if position < 0 || data.shape[position] == 1, case .constant = target[axis] {
        // Equal values along it, so that any number will do.
        result[axis] = channels.freeAxis(extent, at: view)
      }
    }
    let stretched = shape.count - (channels.shapeValues[view.node.inputs[1]]?.count ?? 0)
    try channels.follow(target, of: &result, at: view, offset: stretched) { _, extent in
      extent == 1
    }
    return [result]
  }
}

/// `ConstantOfShape` of a computed shape: any number of equal values will do.
enum FillRule: CouplingRule {
  static let operations: Set<String> = ["ConstantOfShape"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let shape = try view.outputShape()
    guard let name = view.node.inputs.first, let target = channels.shapeValues[name],
      target.count == shape.count
    else { throw Unprovable("computes its shape") }
    var result = view.fixed(shape.count)
    for (axis, extent) in shape.enumerated() where extent > 1 {
      if case .constant = target[axis] { result[axis] = channels.freeAxis(extent, at: view) }
    }
    try channels.follow(target, of: &result, at: view) { _, _ in false }
    return [result]
  }
}

/// `Resize` and `Upsample`: channels pass on their own; resampled axes are blocked.
enum ResizeRule: CouplingRule {
  static let operations: Set<String> = ["Resize", "Upsample"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let data = try view.input(0)
    let shape = try view.outputShape()
    guard shape.count == data.rank else { throw Unprovable("makes \(shape) of \(data.shape)") }
    var result = data.axes
    for axis in shape.indices where shape[axis] != data.shape[axis] || axis >= 2 {
      channels.block(data.axes[axis], view.blockage("resamples this axis"))
      result[axis] = .fixed(view.blockage("resamples this axis"))
    }
    guard view.node.operation == "Resize", view.node.inputs.count > 3,
      !view.node.inputs[3].isEmpty
    else { return [result] }
    guard view.node.ints("axes") == nil else {
      for axis in view.node.ints("axes") ?? [] {
        let position = try view.axis(axis, rank: data.rank)
        channels.block(result[position], view.blockage("resamples this axis"))
      }
      return [result]
    }
    guard let target = channels.shapeValues[view.node.inputs[3]], target.count == shape.count else {
      for axis in result { channels.block(axis, view.blockage("computes its shape")) }
      return [result]
    }
    try channels.follow(target, of: &result, at: view) { _, _ in false }
    return [result]
  }
}
