import PruneCore

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

  /// `nil` where a bound is computed or the lists do not match.
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

  /// One entry of ``axes`` as positions along an axis of that extent; the end is exclusive and not before the start.
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
