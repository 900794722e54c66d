/// Cost of a graph in parameters, multiply–accumulates, bytes and time.
public struct Cost: Hashable, Sendable, Codable {
  /// Number of elements of all stored floating-point tensors.
  public var parameters: Int
  /// Number of those elements that are not zero.
  public var nonzero: Int
  /// Multiply–accumulates of one example, dense: a mask alone does not lower it. See ``MACCounter``.
  public var macs: Int
  /// Multiply–accumulates of one example whose weight is not zero, as an ideal sparse runtime would do them.
  public var sparseMACs: Int
  /// Size of the ONNX file in bytes, external data included.
  public var fileBytes: Int
  /// Median wall time of one example, in seconds; `nil` where it was not measured.
  public var latencySeconds: Double?

  /// - Parameter latencySeconds: median wall time of one example, where it was measured.
  public init(
    parameters: Int, nonzero: Int, macs: Int, sparseMACs: Int, fileBytes: Int,
    latencySeconds: Double? = nil
  ) {
    self.parameters = parameters
    self.nonzero = nonzero
    self.macs = macs
    self.sparseMACs = sparseMACs
    self.fileBytes = fileBytes
    self.latencySeconds = latencySeconds
  }
}

/// Multiply–accumulate operations of a graph, per node, for the shapes of one run.
///
/// Counted are the operators that multiply by stored or computed matrices (Conv, ConvTranspose, Gemm, MatMul,
/// LSTM, GRU, RNN); element-wise work and Einsum are not, as is usual in the field.
public struct MACCounter: Sendable {
  private let graph: Graph

  /// - Parameter graph: graph to count; subgraphs of its nodes are left out.
  public init(_ graph: Graph) { self.graph = graph }

  /// Multiply–accumulates by node.
  ///
  /// - Parameter shapes: value name → shape, as ``InferenceEngine/shapes(of:on:)`` reports them.
  /// - Returns: MACs by position of the node; nodes with none are left out.
  public func macs(shapes: [String: [Int]]) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if let macs = macs(of: node, shapes: shapes), macs > 0 { result[index] = macs }
    }
    return result
  }

  private func macs(of node: Node, shapes: [String: [Int]]) -> Int? {
    func input(_ position: Int) -> [Int]? {
      position < node.inputs.count ? shapes[node.inputs[position]] : nil
    }
    let output = node.outputs.first.flatMap { shapes[$0] }
    switch node.operation {
    case "Conv":
      guard let output, let weight = input(1) else { return nil }
      return output.reduce(1, *) * weight.dropFirst().reduce(1, *)
    case "ConvTranspose":
      guard let data = input(0), let weight = input(1) else { return nil }
      return data.reduce(1, *) * weight.dropFirst().reduce(1, *)
    case "Gemm":
      guard let output, let left = input(0), left.count == 2 else { return nil }
      return output.reduce(1, *) * (node.int("transA") == 1 ? left[0] : left[1])
    case "MatMul":
      guard let output, let depth = input(0)?.last else { return nil }
      return output.reduce(1, *) * depth
    case "LSTM", "GRU", "RNN":
      guard let data = input(0), let weight = input(1), let state = input(2), data.count == 3
      else { return nil }
      return data[0] * data[1] * (weight.reduce(1, *) + state.reduce(1, *))
    default: return nil
    }
  }
}

/// Kind of cost that a budget limits.
public enum CostObjective: String, Hashable, Sendable, Codable, CaseIterable {
  /// Stored weights.
  case parameters
  /// Multiply–accumulates per example, as a dense runtime does them.
  case macs
  /// Bytes of the stored weights.
  case bytes
  /// Wall time per example on this machine, by a model fitted to a few measured shapes.
  case latency
  /// Number of units, kind by kind: the same share of heads, neurons, channels and hidden units is pruned.
  case units
}

/// Upper limit of a network's cost.
public enum CostLimit: Hashable, Sendable {
  /// Share of the dense network's cost, above 0, at most 1.
  case share(Double)
  /// Amount in the unit of the objective: weights, multiply–accumulates, bytes, seconds.
  case amount(Double)
}

extension CostLimit {
  /// Reads a limit as the command line writes it: `0.5x` is a share, `200k` or `1.5M` an amount, `2ms` a time.
  ///
  /// - Throws: ``BudgetError/badCostLimit(_:_:)``.
  public init(_ text: String, of objective: CostObjective) throws(BudgetError) {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let number = Double(digits), number > 0, number.isFinite,
      let limit = Self.limit(number, unit: String(text.dropFirst(digits.count)), objective)
    else { throw .badCostLimit(text, objective) }
    self = limit
  }

  private static func limit(
    _ number: Double, unit: String, _ objective: CostObjective
  ) -> CostLimit? {
    if unit == "x" { return number <= 1 ? .share(number) : nil }
    let factors: [String: Double] =
      objective == .latency
      ? ["s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6] : ["": 1, "k": 1e3, "M": 1e6, "G": 1e9]
    return factors[unit].map { .amount(number * $0) }
  }
}
