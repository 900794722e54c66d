import PruneCore
import Testing

@testable import PruneTraining

@Suite("The kind of output is found from the operator that makes it")
struct OutputKindTests {
  private func kind(of operations: [String]) -> OutputKind {
    let nodes = operations.enumerated().map { index, operation in
      Node(
        operation, name: "n\(index)", inputs: [index == 0 ? "x" : "v\(index - 1)"],
        outputs: [index == operations.count - 1 ? "y" : "v\(index)"])
    }
    return OutputKind(
      of: Graph(
        name: "chain", inputs: [ValueInfo(name: "x", shape: [.symbolic("N"), .fixed(2)])],
        outputs: [ValueInfo(name: "y", shape: nil)], nodes: nodes, initializers: []))
  }

  @Test func directly() {
    #expect(kind(of: ["Softmax"]) == .probabilities)
    #expect(kind(of: ["LogSoftmax"]) == .logProbabilities)
    #expect(kind(of: ["Gemm"]) == .logits)
    #expect(kind(of: []) == .logits)
  }

  @Test("through nodes that only change the shape", arguments: ["Reshape", "Flatten", "Cast"])
  func indirectly(_ operation: String) {
    #expect(kind(of: ["Softmax", operation, "Identity"]) == .probabilities)
    #expect(kind(of: ["Softmax", "Mul"]) == .logits)
  }
}
