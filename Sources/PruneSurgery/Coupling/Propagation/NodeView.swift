import PruneCore

/// What a rule sees of one node.
struct NodeView {
  let node: Node
  let index: Int
  let opset: Int
  /// `nil` where an optional input is left out.
  let inputs: [TrackedValue?]
  /// `nil` where an output is left out or its shape is not known.
  let outputShapes: [[Int]?]

  func input(_ position: Int) throws(Unprovable) -> TrackedValue {
    guard position < inputs.count, let value = inputs[position] else {
      throw Unprovable("has no input \(position)")
    }
    return value
  }

  func optionalInput(_ position: Int) -> TrackedValue? {
    position < inputs.count ? inputs[position] : nil
  }

  func outputShape(_ position: Int = 0) throws(Unprovable) -> [Int] {
    guard position < outputShapes.count, let shape = outputShapes[position] else {
      throw Unprovable("has an output of unknown shape")
    }
    return shape
  }

  /// An axis counted from the end where negative.
  func axis(_ axis: Int, rank: Int) throws(Unprovable) -> Int {
    let position = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(position) else {
      throw Unprovable("names axis \(axis) of a value of rank \(rank)")
    }
    return position
  }

  func blockage(_ reason: String) -> Blockage {
    Blockage(node: node.label, operation: node.operation, reason: reason)
  }

  /// Axes none of which may change.
  func fixed(_ rank: Int, _ reason: String = "computes it") -> [AxisLabels] {
    Array(repeating: .fixed(blockage(reason)), count: rank)
  }
}
