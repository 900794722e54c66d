internal import PruneCore

/// Attributes of the pools: a window and how its last, partial position counts.
struct PoolingWindow {
  private let window: SpatialWindow
  private let kernel: [Int]
  private let roundsUp: Bool

  init(_ node: NodeReader) throws(EngineError) {
    window = try SpatialWindow(node)
    roundsUp = node.flag("ceil_mode")
    guard let kernel = window.kernel else { throw node.refusal(of: "kernel_shape", "is missing") }
    self.kernel = kernel
  }

  /// The window with its pads extended so that rounding down yields every output.
  ///
  /// A last position that would begin beyond the data and its padding before is dropped, as
  /// onnxruntime does.
  /// - Returns: also by how much the pads after grew, per axis.
  func resolved(data shape: [Int]) throws(EngineError) -> (ResolvedWindow, grown: [Int]) {
    var result = try window.resolved(kernel: kernel, data: shape)
    var grown = [Int](repeating: 0, count: kernel.count)
    guard roundsUp else { return (result, grown) }
    for axis in kernel.indices {
      let stride = result.strides[axis]
      let extent = shape[axis + 2]
      let free = extent + result.before[axis] + result.after[axis] - result.reach(axis)
      guard free >= 0 else { continue }
      var last = (free + stride - 1) / stride
      if last * stride >= extent + result.before[axis] { last -= 1 }
      grown[axis] = max(0, last * stride - free)
      result.after[axis] += grown[axis]
      if last * stride + stride <= free { result.after[axis] -= free - last * stride }
    }
    return (result, grown)
  }
}
