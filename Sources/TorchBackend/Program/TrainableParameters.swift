internal import PruneCore

/// Roles of stored tensors: trainable parameters and running statistics.
///
/// A stored floating-point tensor is trainable where an operator uses it as weight, bias, scale or
/// embedding table, directly or through operators that only rearrange it. Constants of the
/// computation are not: clip bounds, resize scales, exponents, the 0.5 and √2 inside a GELU,
/// attention masks.
struct TrainableParameters {
  private(set) var trainable: Set<String> = []
  private(set) var runningStatistics: Set<String> = []

  private let stored: [String: HostTensor]
  private let initializers: Set<String>
  private var producers: [String: Node] = [:]

  init(of graph: Graph, stored: [String: HostTensor]) {
    self.stored = stored
    initializers = Set(graph.initializers.map(\.name))
    for node in graph.nodes {
      for output in node.outputs where stored[output] == nil { producers[output] = node }
    }
    for node in graph.nodes { collect(from: node) }
    trainable.subtract(runningStatistics)
  }

  /// Operators that rearrange a weight on its way to its user.
  private static let rearranging: Set<String> = [
    "Identity", "Cast", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Slice",
    "Split", "Expand",
  ]

  private static let weightPositions: [String: [Int]] = [
    "Conv": [1, 2], "ConvTranspose": [1, 2], "Gemm": [0, 1, 2], "MatMul": [0, 1],
    "BatchNormalization": [1, 2], "LayerNormalization": [1, 2], "GroupNormalization": [1, 2],
    "InstanceNormalization": [1, 2], "RMSNormalization": [1], "PRelu": [1], "LSTM": [1, 2, 3],
    "GRU": [1, 2, 3], "RNN": [1, 2, 3], "Gather": [0], "Einsum": [0, 1, 2, 3],
  ]

  private static let linear: Set<String> = [
    "Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "BatchNormalization",
  ]

  private mutating func collect(from node: Node) {
    if node.operation == "BatchNormalization" {
      for name in node.inputs.dropFirst(3) {
        if let source = source(of: name) { runningStatistics.insert(source) }
      }
    }
    if let positions = Self.weightPositions[node.operation] {
      for position in positions where position < node.inputs.count {
        mark(node.inputs[position])
      }
      return
    }
    switch node.operation {
    case "Add", "Sub", "Mul", "Sum":
      for (position, name) in node.inputs.enumerated() {
        let others = node.inputs.enumerated().filter { $0.offset != position }.map(\.element)
        if isLearnedOperand(name, beside: others) { mark(name) }
      }
    case "Concat":
      for name in node.inputs where initializers.contains(name) { mark(name) }
    default: break
    }
  }

  /// `true` where an operand is a bias or scale that is learned, not a constant of a formula.
  private func isLearnedOperand(_ name: String, beside others: [String]) -> Bool {
    guard let source = source(of: name), let tensor = stored[source],
      let values = tensor.floats, values.allSatisfy({ $0.isFinite && $0.magnitude < 1e4 })
    else { return false }
    let followsLinear = others.contains { other in
      producers[other].map { Self.linear.contains($0.operation) } ?? false
    }
    if followsLinear { return !tensor.shape.isEmpty }
    return initializers.contains(source) && tensor.count > 1
  }

  private mutating func mark(_ name: String) {
    if let source = source(of: name) { trainable.insert(source) }
  }

  /// Name of the stored floating-point tensor that a value rearranges; `nil` for computed values.
  private func source(of name: String) -> String? {
    var name = name
    for _ in 0..<64 {
      if let tensor = stored[name] { return tensor.elementType.isFloatingPoint ? name : nil }
      guard let node = producers[name], Self.rearranging.contains(node.operation),
        let input = node.inputs.first
      else { return nil }
      name = input
    }
    return nil
  }
}
