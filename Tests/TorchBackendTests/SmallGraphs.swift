import PruneCore
import PruneSupport

/// Tiny networks for engine tests; weights are drawn from a seed.
enum SmallGraphs {
  /// `[N, inputs]` → Gemm → Relu → Gemm, logits `[N, outputs]`.
  static func perceptron(
    inputs: Int = 6, hidden: Int = 5, outputs: Int = 3, batch: ValueInfo.Dimension = .symbolic("N")
  ) -> Graph {
    var random = SeededGenerator(seed: 1)
    return graph(
      input: [batch, .fixed(inputs)],
      nodes: [
        Node(
          "Gemm", name: "fc1", inputs: ["x", "w1", "b1"], outputs: ["h"],
          attributes: [Attribute("transB", .int(1))]),
        Node("Relu", name: "relu", inputs: ["h"], outputs: ["a"]),
        Node(
          "Gemm", name: "fc2", inputs: ["a", "w2", "b2"], outputs: ["y"],
          attributes: [Attribute("transB", .int(1))]),
      ],
      initializers: [
        weight("w1", [hidden, inputs], &random), weight("b1", [hidden], &random),
        weight("w2", [outputs, hidden], &random), weight("b2", [outputs], &random),
      ])
  }

  /// As exporters write it for one example: the batch of 1 stands in the signature and in a Reshape constant.
  static func fixedConvolution(groups: Int = 1, softmax: Bool = false) -> Graph {
    var random = SeededGenerator(seed: 2)
    let last = softmax ? "logits" : "y"
    return graph(
      input: [.fixed(1), .fixed(2), .fixed(6), .fixed(5)],
      nodes: [
        Node(
          "Conv", name: "conv", inputs: ["x", "k", "kb"], outputs: ["c"],
          attributes: [
            Attribute("pads", .ints([1, 0, 1, 1])), Attribute("strides", .ints([2, 1])),
            Attribute("kernel_shape", .ints([3, 2])), Attribute("group", .int(Int64(groups))),
          ]),
        Node("BatchNormalization", name: "bn", inputs: ["c", "s", "o", "m", "v"], outputs: ["n"]),
        Node("Relu", inputs: ["n"], outputs: ["r"]),
        Node("Reshape", inputs: ["r", "shape"], outputs: ["f"]),
        Node("MatMul", name: "fc", inputs: ["f", "w"], outputs: ["p"]),
        Node("Add", inputs: ["p", "b"], outputs: [last]),
      ] + (softmax ? [Node("Softmax", inputs: ["logits"], outputs: ["y"])] : []),
      initializers: [
        weight("k", [4, 2 / groups, 3, 2], &random), weight("kb", [4], &random),
        weight("s", [4], &random), weight("o", [4], &random), weight("m", [4], &random),
        Initializer(name: "v", tensor: HostTensor([1, 2, 0.5, 1] as [Float], shape: [4])),
        Initializer(name: "shape", tensor: HostTensor([1, 60] as [Int64], shape: [2])),
        weight("w", [60, 3], &random), weight("b", [3], &random),
      ])
  }

  /// `[N, T, features]` → MatMul → Tanh → MatMul → mean over T.
  static func sequence() -> Graph {
    var random = SeededGenerator(seed: 3)
    return graph(
      input: [.symbolic("N"), .fixed(4), .fixed(3)],
      nodes: [
        Node("MatMul", name: "first", inputs: ["x", "w1"], outputs: ["h"]),
        Node("Tanh", inputs: ["h"], outputs: ["t"]),
        Node("MatMul", name: "second", inputs: ["t", "w2"], outputs: ["z"]),
        Node(
          "ReduceMean", inputs: ["z"], outputs: ["y"],
          attributes: [Attribute("axes", .ints([1])), Attribute("keepdims", .int(0))]),
      ],
      initializers: [weight("w1", [3, 5], &random), weight("w2", [5, 3], &random)])
  }

  static func graph(
    input: [ValueInfo.Dimension], nodes: [Node], initializers: [Initializer], opset: Int = 13
  ) -> Graph {
    Graph(
      inputs: [ValueInfo(name: "x", shape: input)], outputs: [ValueInfo(name: "y")], nodes: nodes,
      initializers: initializers, model: ModelInfo(opsets: [.init(version: opset)]))
  }

  static func weight(
    _ name: String, _ shape: [Int], _ random: inout SeededGenerator
  ) -> Initializer {
    Initializer(name: name, tensor: noise(shape, &random))
  }

  static func noise(_ shape: [Int], _ random: inout SeededGenerator) -> HostTensor {
    let count = HostTensor.elementCount(of: shape)
    return HostTensor((0..<count).map { _ in Float(random.uniform() * 2 - 1) }, shape: shape)
  }

  /// Inputs and labels for a graph with one input of `shape` and `classes` outputs.
  static func batch(_ shape: [Int], classes: Int = 3, seed: UInt64 = 9) -> Batch {
    var random = SeededGenerator(seed: seed)
    let input = noise(shape, &random)
    let labels = (0..<shape[0]).map { _ in Int(random.uniform() * Double(classes)) }
    return Batch(inputs: [input], targets: .labels(labels))
  }
}

extension HostTensor {
  func isClose(to other: HostTensor, within tolerance: Float) -> Bool {
    guard shape == other.shape, let left = floats, let right = other.floats else { return false }
    return zip(left, right).allSatisfy { ($0 - $1).magnitude <= tolerance }
  }
}

extension [Float] {
  func isClose(to other: [Float], relative tolerance: Float) -> Bool {
    let scale = other.reduce(0) { Swift.max($0, $1.magnitude) }
    return count == other.count
      && zip(self, other).allSatisfy { ($0 - $1).magnitude <= tolerance * scale + 1e-9 }
  }
}
