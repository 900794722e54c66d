import PruneCore

extension ChannelPropagation {
  /// An axis along which all values are equal, and which can have any extent.
  mutating func freeAxis(_ extent: Int, at view: NodeView) -> AxisLabels {
    guard (2...AxisLabels.longest).contains(extent) else {
      return .fixed(view.blockage("makes it"))
    }
    return .channels(classes.makeChannels(extent))
  }

  /// Lets the entries of a shape operand follow the axes they describe.
  ///
  /// - Parameters:
  ///   - target: an element per axis of `result`.
  ///   - offset: how many of them stand before the operand's first entry.
  ///   - isFree: whether a constant entry is right for any extent.
  mutating func follow(
    _ target: [ShapeValues.Element], of result: inout [AxisLabels], at view: NodeView,
    offset: Int = 0, isFree: (Int, Int) -> Bool
  ) throws(Unprovable) {
    guard target.count == result.count else {
      throw Unprovable("has \(target.count) extents for \(result.count) axes")
    }
    var entries: [Int: [Int]] = [:]
    for (axis, element) in target.enumerated() {
      guard case .channels(let labels) = result[axis] else { continue }
      switch element {
      case .extent(let other, _):
        result[axis] = try merge(result[axis], other, at: view)
      case .constant(let extent):
        if isFree(axis, extent) { continue }
        guard axis >= offset else { throw Unprovable("states no extent for axis \(axis)") }
        entries[axis - offset] = labels
      }
    }
    guard !entries.isEmpty else { return }
    let input: Int
    switch view.node.operation {
    case "ConstantOfShape": input = 0
    case "Resize": input = 3
    default: input = 1
    }
    edit(view, .extents(input: input, entries: entries))
  }
}
