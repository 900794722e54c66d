import PruneCore

/// `MatMul` with NumPy's rules: leading axes are a batch, vectors get an axis for the product.
enum MatrixMultiplyRule: CouplingRule {
  static let operations: Set<String> = ["MatMul"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let (left, right) = (try view.input(0), try view.input(1))
    guard left.rank >= 1, right.rank >= 1 else { throw Unprovable("multiplies a scalar") }
    let rightDepth = max(0, right.rank - 2)
    guard left.shape[left.rank - 1] == right.shape[rightDepth] else {
      throw Unprovable("multiplies \(left.shape) by \(right.shape)")
    }
    try channels.contract(left, left.rank - 1, right, rightDepth, at: view)
    var tail: [AxisLabels] = []
    if left.rank >= 2 {
      let rows = left.axes[left.rank - 2]
      if left.isStored { channels.produce(rows, .neuron, by: view) }
      tail.append(rows)
    }
    if right.rank >= 2 {
      let columns = right.axes[right.rank - 1]
      if right.isStored { channels.produce(columns, .neuron, by: view) }
      tail.append(columns)
    }
    let output = try view.outputShape()
    guard output.count >= tail.count else { throw Unprovable("has output \(output)") }
    let batch = try channels.broadcast(
      [left.batch, right.batch], to: Array(output.dropLast(tail.count)), at: view)
    return [batch + tail]
  }
}

extension TrackedValue {
  /// All axes but the last two.
  fileprivate var batch: TrackedValue {
    TrackedValue(
      name: name, shape: Array(shape.dropLast(2)), axes: Array(axes.dropLast(2)),
      isStored: isStored)
  }
}

/// `Gemm`: `α · A · B + β · C`.
enum GeneralMatrixMultiplyRule: CouplingRule {
  static let operations: Set<String> = ["Gemm"]

  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]] {
    let (left, right) = (try view.input(0), try view.input(1))
    guard left.rank == 2, right.rank == 2 else {
      throw Unprovable("multiplies \(left.shape) by \(right.shape)")
    }
    let leftDepth = view.node.int("transA") == 1 ? 0 : 1
    let rightDepth = view.node.int("transB") == 1 ? 1 : 0
    try channels.contract(left, leftDepth, right, rightDepth, at: view)
    var result = [left.axes[1 - leftDepth], right.axes[1 - rightDepth]]
    if left.isStored { channels.produce(result[0], .neuron, by: view) }
    if right.isStored { channels.produce(result[1], .neuron, by: view) }
    if let bias = view.optionalInput(2) {
      let shape = [left.shape[1 - leftDepth], right.shape[1 - rightDepth]]
      let product = TrackedValue(name: "", shape: shape, axes: result, isStored: false)
      result = try channels.broadcast([product, bias], to: shape, at: view)
    }
    return [result]
  }
}
