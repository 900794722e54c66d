import PruneCore

/// Elements of integer values that become shapes: constants, and extents of other values.
struct ShapeValues {
  enum Element: Sendable {
    case constant(Int)
    /// The extent of an axis with these labels.
    case extent(AxisLabels, Int)
  }

  private let parameters: ParameterIndex
  private var computed: [String: [Element]] = [:]

  private static let longestShape = 64
  private static let mostIndices = 1 << 20

  init(_ parameters: ParameterIndex) { self.parameters = parameters }

  /// `true` where an operator uses the input only as a shape.
  static func isTarget(_ position: Int, of operation: String) -> Bool {
    switch operation {
    case "Reshape", "Expand": position == 1
    case "ConstantOfShape": position == 0
    case "Resize": position == 3
    default: false
    }
  }

  subscript(name: String) -> [Element]? {
    if let elements = computed[name] { return elements }
    guard let shape = parameters.shape(of: name), shape.count <= 1,
      HostTensor.elementCount(of: shape) <= Self.longestShape
    else { return nil }
    return integers(name)?.map { .constant($0) }
  }

  mutating func store(_ elements: [Element], for name: String) { computed[name] = elements }

  /// Integers of a stored tensor, or of a computed one that does not depend on any extent; `nil` for others.
  func integers(_ name: String) -> [Int]? {
    if let elements = computed[name] {
      var result: [Int] = []
      for element in elements {
        guard case .constant(let value) = element else { return nil }
        result.append(value)
      }
      return result
    }
    switch parameters.elementType(of: name) {
    case .int64?, .int32?: break
    default: return nil
    }
    guard let shape = parameters.shape(of: name),
      HostTensor.elementCount(of: shape) <= Self.mostIndices
    else { return nil }
    return parameters.tensor(of: name)?.integers
  }

  /// Elements of a node's output where it reads extents, or picks and joins known elements; `nil` elsewhere.
  func elements(of view: NodeView, axes: (String) -> [AxisLabels]?) -> [Element]? {
    let node = view.node
    guard let first = node.inputs.first else { return nil }
    if node.operation == "Shape" {
      guard let axes = axes(first), let shape = view.inputs.first??.shape else { return nil }
      let all = zip(axes, shape).map { Element.extent($0, $1) }
      let start = Self.clamped(node.int("start") ?? 0, all.count)
      let end = Self.clamped(node.int("end") ?? all.count, all.count)
      return Array(all[min(start, end)..<end])
    }
    guard let data = self[first] else { return nil }
    switch node.operation {
    case "Identity", "Cast", "Unsqueeze", "Squeeze", "Reshape":
      return (view.outputShapes.first ?? nil)?.count ?? 2 <= 1 ? data : nil
    case "Gather":
      guard node.inputs.count > 1, let chosen = integers(node.inputs[1]) else { return nil }
      var result: [Element] = []
      for index in chosen {
        let position = index < 0 ? index + data.count : index
        guard data.indices.contains(position) else { return nil }
        result.append(data[position])
      }
      return result
    case "Slice":
      guard let bounds = SliceBounds(view, self), bounds.axes.allSatisfy({ $0 == 0 || $0 == -1 }),
        let entry = bounds.entries(extent: data.count).first, entry.step == 1
      else { return nil }
      return Array(data[entry.start..<entry.end])
    case "Concat":
      var result: [Element] = []
      for name in node.inputs {
        guard let part = self[name] else { return nil }
        result += part
      }
      return result
    default: return nil
    }
  }

  private static func clamped(_ bound: Int, _ count: Int) -> Int {
    max(0, min(count, bound < 0 ? bound + count : bound))
  }
}

extension ChannelPropagation {
  /// Labels of an axis along which all values are equal, and which can have any extent.
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
  ///   - offset: number of axes before the operand's first entry.
  ///   - isFree: `true` where a constant entry, given with its axis, is right for any extent.
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
