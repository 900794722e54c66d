internal import CTorch
internal import PruneCore

/// Attributes that convolutions and pools share: kernel, strides, dilations and pads of the spatial
/// axes.
struct SpatialWindow {
  enum Automatic: String {
    case none = "NOTSET"
    case valid = "VALID"
    case sameUpper = "SAME_UPPER"
    case sameLower = "SAME_LOWER"
  }

  let kernel: [Int]?
  let automatic: Automatic
  private let strides: [Int]?
  private let dilations: [Int]?
  private let pads: [Int]?

  init(_ node: NodeReader) throws(EngineError) {
    kernel = try Self.positive("kernel_shape", of: node)
    strides = try Self.positive("strides", of: node)
    dilations = try Self.positive("dilations", of: node)
    pads = node.ints("pads")
    if let pads, !pads.allSatisfy({ (0...Self.limit).contains($0) }) || pads.count % 2 != 0 {
      throw node.refusal(
        of: "pads", "are \(pads), expected two non-negative numbers per spatial axis")
    }
    let name = node.string("auto_pad", default: "NOTSET")
    guard let automatic = Automatic(rawValue: name.isEmpty ? "NOTSET" : name) else {
      throw node.refusal(of: "auto_pad", "'\(name)' is not supported")
    }
    self.automatic = automatic
    let counts = Set([kernel?.count, strides?.count, dilations?.count, pads.map { $0.count / 2 }])
    guard counts.subtracting([nil]).count <= 1 else {
      throw node.refusal(of: "kernel_shape", "strides, dilations and pads differ in number of axes")
    }
  }

  /// Largest number in a window; keeps products with extents far from overflow.
  private static let limit = 1 << 24

  private static func positive(_ name: String, of node: NodeReader) throws(EngineError) -> [Int]? {
    guard let values = node.ints(name) else { return nil }
    guard values.allSatisfy({ (1...limit).contains($0) }) else {
      throw node.refusal(of: name, "is \(values), expected positive numbers")
    }
    return values
  }

  /// Window for data of shape `[N, C, spatial…]` and a kernel.
  func resolved(kernel: [Int], data shape: [Int]) throws(EngineError) -> ResolvedWindow {
    let axes = kernel.count
    guard shape.count == axes + 2, (1...3).contains(axes) else {
      throw .misfit(
        "the data has shape \(shape), expected [N, C] and \(axes) spatial axes, at most three")
    }
    guard
      [strides?.count, dilations?.count, pads.map { $0.count / 2 }]
        .allSatisfy({ $0 == nil || $0 == axes })
    else { throw .misfit("strides, dilations or pads do not fit a kernel of \(axes) axes") }
    var window = ResolvedWindow(
      kernel: kernel, strides: strides ?? [Int](repeating: 1, count: axes),
      dilations: dilations ?? [Int](repeating: 1, count: axes),
      before: [Int](repeating: 0, count: axes), after: [Int](repeating: 0, count: axes))
    switch automatic {
    case .valid: break
    case .none:
      if let pads {
        window.before = Array(pads[..<axes])
        window.after = Array(pads[axes...])
      }
    case .sameUpper, .sameLower:
      for axis in 0..<axes {
        let extent = shape[axis + 2]
        let stride = window.strides[axis]
        let outputs = (extent + stride - 1) / stride
        let total = max(0, (outputs - 1) * stride + window.reach(axis) - extent)
        window.before[axis] = automatic == .sameUpper ? total / 2 : total - total / 2
        window.after[axis] = total - window.before[axis]
      }
    }
    return window
  }
}

/// Window with every number known, one per spatial axis.
struct ResolvedWindow {
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]
  var before: [Int]
  var after: [Int]

  /// Extent that one window covers.
  func reach(_ axis: Int) -> Int { dilations[axis] * (kernel[axis] - 1) + 1 }

  /// Lends the numbers to a shim call.
  func withShim<Result>(_ body: (ct_window) -> Result) -> Result {
    kernel.withExtents { kernel in
      strides.withExtents { strides in
        dilations.withExtents { dilations in
          before.withExtents { before in
            after.withExtents { after in
              body(
                ct_window(
                  kernel: kernel, strides: strides, dilations: dilations, pads_before: before,
                  pads_after: after))
            }
          }
        }
      }
    }
  }
}
