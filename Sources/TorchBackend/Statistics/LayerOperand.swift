internal import PruneCore

/// Node that multiplies by a layer's weight: slots of its operands and their form as columns.
struct LayerOperand {
  enum Form {
    /// Features along this axis of input and output, counted from the end.
    case linear(inputFromEnd: Int, outputFromEnd: Int)
    case convolution(SpatialWindow, groups: Int, kernel: [Int])
    case transposedConvolution(groups: Int)
    case recurrentInput
    case recurrentState(isReversed: Bool)
  }

  let form: Form
  /// Slot of the value that the weight multiplies.
  let input: Int
  let output: Int
  /// Slot of the output of the activation function that directly follows, or ``output``.
  let activation: Int
  /// Factor of the product, Gemm's `alpha`.
  let scale: Double
  /// Slot of a convolution's bias.
  let bias: Int?
  /// `true` where a recurrent node's data and outputs carry the examples along axis 0.
  let isBatchFirst: Bool

  /// `true` where gradients per example follow from input and output gradient alone.
  var hasPerExampleForm: Bool {
    switch form {
    case .linear, .convolution: true
    case .transposedConvolution, .recurrentInput, .recurrentState: false
    }
  }
}

/// Finder of the operands of prunable layers in a program.
struct LayerOperandFinder {
  private let program: TorchProgram
  private var producers: [String: Node] = [:]
  private var consumers: [String: [Node]] = [:]

  init(_ program: TorchProgram) {
    self.program = program
    for node in program.graph.nodes {
      for output in node.outputs { producers[output] = node }
      for input in node.inputs { consumers[input, default: []].append(node) }
    }
  }

  /// - Throws: ``EngineError/unknownParameter(_:)`` for a layer of another graph.
  func operands(of layer: PrunableLayer) throws(EngineError) -> [LayerOperand] {
    var result: [LayerOperand] = []
    for index in layer.nodes {
      guard program.graph.nodes.indices.contains(index),
        let operand = try operand(of: layer, at: program.graph.nodes[index])
      else { throw .unknownParameter(layer.parameter) }
      result.append(operand)
    }
    return result
  }

  /// Number of places where the parameter enters a computation.
  func useCount(of parameter: String) -> Int {
    (consumers[parameter] ?? []).reduce(0) { count, node in
      guard Self.rearranging.contains(node.operation), let output = node.outputs.first else {
        return count + node.inputs.count { $0 == parameter }
      }
      return count + useCount(of: output)
    }
  }

  private static let rearranging: Set<String> = ["Identity", "Cast", "Transpose", "Reshape"]

  private func operand(
    of layer: PrunableLayer, at node: Node
  ) throws(EngineError) -> LayerOperand? {
    let form: LayerOperand.Form
    var inputName = node.inputs.first ?? ""
    var scale = 1.0
    let reader = NodeReader(node: node, opset: program.graph.opset) { _ in nil }
    switch layer.kind {
    case .linear:
      let weightIsRight = node.inputs.count > 1 && traces(node.inputs[1], to: layer.parameter)
      if !weightIsRight, node.inputs.count > 1 { inputName = node.inputs[1] }
      if node.operation == "Gemm" { scale = reader.double("alpha", default: 1) }
      let transposesData =
        node.operation == "Gemm" && reader.flag(weightIsRight ? "transA" : "transB")
      form = .linear(
        inputFromEnd: weightIsRight != transposesData ? 1 : 2, outputFromEnd: weightIsRight ? 1 : 2)
    case .convolution:
      let kernel = Array(layer.shape.dropFirst(2))
      form = .convolution(try SpatialWindow(reader), groups: layer.layout.groups, kernel: kernel)
    case .transposedConvolution: form = .transposedConvolution(groups: layer.layout.groups)
    case .recurrentInput: form = .recurrentInput
    case .recurrentState:
      form = .recurrentState(isReversed: node.string("direction") == "reverse")
    }
    let outputName = node.withSequenceOutput.outputs.first ?? ""
    guard let input = program.slots[inputName], let output = program.slots[outputName] else {
      return nil
    }
    let activation = program.slots[activation(after: outputName)] ?? output
    let bias =
      layer.kind == .convolution && node.inputs.count > 2 ? program.slots[node.inputs[2]] : nil
    return LayerOperand(
      form: form, input: input, output: output, activation: activation, scale: scale, bias: bias,
      isBatchFirst: reader.flag("layout"))
  }

  private func traces(_ name: String, to parameter: String) -> Bool {
    var name = name
    for _ in 0..<16 {
      if name == parameter { return true }
      guard let node = producers[name], Self.rearranging.contains(node.operation),
        let source = node.inputs.first
      else { return false }
      name = source
    }
    return false
  }

  private static let activations: Set<String> = [
    "Relu", "LeakyRelu", "PRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Elu", "Celu",
    "Selu", "Softplus", "Softsign", "Mish", "Gelu", "Clip", "ThresholdedRelu", "Swish",
  ]

  /// Output of the activation function after `output`, found through sole consumers, bias addition
  /// and batch norm; `output` where there is none.
  private func activation(after output: String) -> String {
    var name = output
    for _ in 0..<4 {
      guard let users = consumers[name], users.count == 1, let node = users.first,
        let next = node.outputs.first
      else { return output }
      if Self.activations.contains(node.operation) { return next }
      let isPassed =
        node.operation == "BatchNormalization"
        || node.operation == "Add"
          && node.inputs.contains { $0 != name && program.graph.isStored($0) }
      guard isPassed else { return output }
      name = next
    }
    return output
  }
}

extension Graph {
  fileprivate func isStored(_ name: String) -> Bool {
    initializers.contains { $0.name == name }
      || nodes.contains { $0.operation == "Constant" && $0.outputs.first == name }
  }
}

extension Node {
  /// The node, with a name for its sequence output where it is recurrent and the graph has none:
  /// statistics need one.
  var withSequenceOutput: Node {
    guard ["LSTM", "GRU", "RNN"].contains(operation), outputs.first?.isEmpty ?? true else {
      return self
    }
    var node = self
    let name = Node.hiddenPrefix + label
    if node.outputs.isEmpty { node.outputs = [name] } else { node.outputs[0] = name }
    return node
  }

  /// Prefix of the names of values that the graph does not have.
  static let hiddenPrefix = "\u{1}"
}
