import PruneCore

/// Follows every channel of a graph from the stored tensors that make it to those that read it.
///
/// Each axis of a stored tensor starts with a class per position. Nodes are visited in topological order; the rule
/// of each operator labels its outputs with classes of its inputs, merges classes that have to be removed together
/// and blocks those it needs whole.
struct ChannelPropagation {
  let graph: Graph
  let parameters: ParameterIndex
  let consumers: ConsumerIndex
  private let shapes: [String: [Int]]
  var classes = ChannelClasses()
  private(set) var values: [String: TrackedValue] = [:]
  private(set) var edits: [StructuralEdit] = []
  private(set) var productions: [Production] = []
  var shapeValues: ShapeValues
  /// Axes of stored tensors, in the order of the parameters.
  private(set) var parameterAxes: [ParameterAxis] = []
  /// Indices into ``parameterAxes`` that a layer sums over.
  private(set) var consumedAxes: Set<Int> = []

  /// Consecutive channels `first ..< first + extent` of one axis.
  struct ParameterAxis {
    let parameter: String
    let axis: Int
    let first: Int
    let extent: Int
  }

  private static let mostChannels = 1 << 26

  init(_ graph: Graph, shapes: [String: [Int]]) {
    self.graph = graph
    self.shapes = shapes
    parameters = ParameterIndex(graph)
    consumers = ConsumerIndex(graph)
    shapeValues = ShapeValues(parameters)
  }

  mutating func run() {
    for input in graph.dataInputs { track(input.name, shapes[input.name], because: Self.input) }
    for name in parameters.names { trackParameter(name) }
    let stored = Set(parameters.names)
    for (index, node) in graph.nodes.enumerated() {
      if let name = node.outputs.first, stored.contains(name), isConstant(node) { continue }
      visit(node, at: index)
    }
    for output in graph.outputs {
      let blockage = Blockage(
        node: output.name, operation: "graph output", reason: "promises these values")
      block(output.name, blockage)
    }
  }

  private static let input = Blockage(
    node: "graph input", operation: "Input", reason: "gives the data its shape")

  private func isConstant(_ node: Node) -> Bool {
    node.operation == "Constant" || node.operation == "ConstantOfShape"
  }

  // MARK: Values

  private mutating func track(_ name: String, _ shape: [Int]?, because blockage: Blockage) {
    guard let shape else { return }
    values[name] = TrackedValue(
      name: name, shape: shape, axes: Array(repeating: .fixed(blockage), count: shape.count),
      isStored: false)
  }

  private mutating func trackParameter(_ name: String) {
    guard let shape = parameters.shape(of: name) else { return }
    var axes: [AxisLabels] = []
    for (axis, extent) in shape.enumerated() {
      guard (2...AxisLabels.longest).contains(extent), classes.count <= Self.mostChannels - extent
      else {
        axes.append(
          .fixed(
            Blockage(
              node: name, operation: "stored tensor",
              reason: "has extent \(extent) along axis \(axis)")))
        continue
      }
      parameterAxes.append(
        ParameterAxis(parameter: name, axis: axis, first: classes.count, extent: extent))
      axes.append(.channels(classes.makeChannels(extent)))
    }
    values[name] = TrackedValue(name: name, shape: shape, axes: axes, isStored: true)
  }

  mutating func block(_ name: String, _ blockage: Blockage) {
    for axis in values[name]?.axes ?? [] { block(axis, blockage) }
  }

  mutating func block(_ labels: AxisLabels, _ blockage: Blockage) {
    for channel in labels.channels ?? [] { classes.block(channel, blockage) }
  }

  // MARK: Nodes

  private mutating func visit(_ node: Node, at index: Int) {
    let view = NodeView(
      node: node, index: index, opset: graph.opset,
      inputs: node.inputs.map { values[$0] }, outputShapes: node.outputs.map { shapes[$0] })
    for name in graph.capturedNames(of: node) {
      block(name, view.blockage("reads it in a branch"))
    }
    guard node.domain.isEmpty || node.domain == "ai.onnx" else {
      return give(up: "is of a foreign domain", at: view)
    }
    if let elements = shapeValues.elements(of: view, axes: { values[$0]?.axes }) {
      shapeValues.store(elements, for: node.outputs.first ?? "")
      return label(view, [], storesResult: false)
    }
    blockExtents(entering: view)
    guard let rule = CouplingRules.byOperation[node.operation] else {
      return give(up: "has no rule that says how channels pass it", at: view)
    }
    do throws(Unprovable) {
      let unknown = node.inputs.first { !$0.isEmpty && values[$0] == nil }
      if let unknown { throw Unprovable("reads '\(unknown)', whose shape is not known") }
      label(view, try rule.propagate(view, in: &self), storesResult: isRearranging(node))
    } catch {
      give(up: error.reason, at: view)
    }
  }

  /// A number of channels that is used for anything but a shape must not change.
  private mutating func blockExtents(entering view: NodeView) {
    for (position, name) in view.node.inputs.enumerated()
    where !ShapeValues.isTarget(position, of: view.node.operation) {
      for case .extent(let labels, _) in shapeValues[name] ?? [] {
        block(labels, view.blockage("computes with their number"))
      }
    }
  }

  private mutating func give(up reason: String, at view: NodeView) {
    for name in view.node.inputs { block(name, view.blockage(reason)) }
    label(view, [], storesResult: false)
  }

  private func isRearranging(_ node: Node) -> Bool {
    let rearranging: Set<String> = [
      "Cast", "Concat", "Flatten", "Gather", "Identity", "Reshape", "Slice", "Split", "Squeeze",
      "Transpose", "Unsqueeze",
    ]
    guard rearranging.contains(node.operation) else { return false }
    let data = node.operation == "Concat" ? node.inputs : Array(node.inputs.prefix(1))
    return data.allSatisfy { values[$0]?.isStored ?? false }
  }

  private mutating func label(_ view: NodeView, _ outputs: [[AxisLabels]], storesResult: Bool) {
    for (position, name) in view.node.outputs.enumerated() where !name.isEmpty {
      guard position < view.outputShapes.count, let shape = view.outputShapes[position] else {
        if position < outputs.count {
          for axis in outputs[position] { block(axis, view.blockage("makes an unknown shape")) }
        }
        continue
      }
      var axes = view.fixed(shape.count)
      if position < outputs.count, outputs[position].count == shape.count {
        for (axis, labels) in outputs[position].enumerated() {
          guard let channels = labels.channels else {
            axes[axis] = labels
            continue
          }
          if channels.count == shape[axis], channels.count > 1 {
            axes[axis] = labels
          } else {
            block(labels, view.blockage("makes an axis of extent \(shape[axis]) of them"))
          }
        }
      } else if position < outputs.count {
        for axis in outputs[position] { block(axis, view.blockage("makes an unexpected rank")) }
      }
      values[name] = TrackedValue(name: name, shape: shape, axes: axes, isStored: storesResult)
    }
  }

  // MARK: Records of rules

  mutating func edit(_ view: NodeView, _ kind: StructuralEdit.Kind) {
    edits.append(StructuralEdit(node: view.index, kind: kind))
  }

  mutating func produce(_ labels: AxisLabels, _ kind: CouplingGroup.Kind, by view: NodeView) {
    guard let channels = labels.channels else { return }
    productions.append(Production(layer: view.node.label, kind: kind, channels: channels))
  }

  /// Marks the stored axes behind these labels as read by a layer that sums over them.
  mutating func consume(_ labels: AxisLabels) {
    for channel in labels.channels ?? [] {
      // Axes are in ascending order of their first channel.
      var (low, high) = (0, parameterAxes.count)
      while low < high {
        let middle = (low + high) / 2
        if parameterAxes[middle].first <= channel { low = middle + 1 } else { high = middle }
      }
      guard low > 0, channel < parameterAxes[low - 1].first + parameterAxes[low - 1].extent else {
        continue
      }
      consumedAxes.insert(low - 1)
    }
  }
}

/// Outputs of a layer: candidates for removal.
struct Production {
  let layer: String
  let kind: CouplingGroup.Kind
  let channels: [Int]
}
