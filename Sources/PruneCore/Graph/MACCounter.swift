/// Multiply–accumulate operations of a graph, per node, for the shapes of one run.
///
/// Counted are the operators that multiply by stored or computed matrices (Conv, ConvTranspose, Gemm, MatMul,
/// LSTM, GRU, RNN); element-wise work and Einsum are not, as is usual in the field.
public struct MACCounter: Sendable {
  private let graph: Graph

  /// - Parameter graph: subgraphs of its nodes are not looked into.
  public init(_ graph: Graph) { self.graph = graph }

  /// - Parameter shapes: value name → shape, as ``Engine/shapes(of:on:)`` reports them.
  /// - Returns: MACs per node index; nodes with none are left out.
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
