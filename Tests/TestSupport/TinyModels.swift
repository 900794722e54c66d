public import PruneCore
public import PruneSupport

/// Small graphs and data for tests.
public enum TinyModels {
  /// A multilayer perceptron of `Gemm` nodes with stored weights `[outputs, inputs]` named
  /// `layer0.weight`, `layer0.bias`, …; input `x` `[N, widths[0]]`, output `y` `[N, widths.last]`.
  public static func mlp(
    _ widths: [Int] = [4, 6, 3], activation: String = "Relu", hasBias: Bool = true,
    endsInSoftmax: Bool = false, seed: UInt64 = 1
  ) -> Graph {
    var generator = SeededGenerator(seed: seed, stream: "mlp")
    var nodes: [Node] = []
    var initializers: [Initializer] = []
    var value = "x"
    for layer in 0..<widths.count - 1 {
      let (inputs, outputs) = (widths[layer], widths[layer + 1])
      let weight = "layer\(layer).weight"
      initializers.append(
        Initializer(
          name: weight,
          tensor: HostTensor(
            normal(inputs * outputs, scale: (2 / Float(inputs)).squareRoot(), &generator),
            shape: [outputs, inputs])))
      var operands = [value, weight]
      if hasBias {
        operands.append("layer\(layer).bias")
        initializers.append(
          Initializer(
            name: "layer\(layer).bias",
            tensor: HostTensor(normal(outputs, scale: 0.1, &generator), shape: [outputs])))
      }
      let isLast = layer == widths.count - 2
      let product = isLast && !endsInSoftmax ? "y" : "layer\(layer).product"
      nodes.append(
        Node(
          "Gemm", name: "layer\(layer)", inputs: operands, outputs: [product],
          attributes: [Attribute("transB", .int(1))]))
      value = product
      if !isLast {
        nodes.append(
          Node(
            activation, name: "layer\(layer).activation", inputs: [value],
            outputs: ["layer\(layer).activated"]))
        value = "layer\(layer).activated"
      } else if endsInSoftmax {
        nodes.append(
          Node(
            "Softmax", name: "softmax", inputs: [value], outputs: ["y"],
            attributes: [Attribute("axis", .int(-1))]))
      }
    }
    return graph(nodes, initializers, inputs: widths[0], outputs: widths[widths.count - 1])
  }

  /// `MatMul` + `Add` layers with stored weights `[inputs, outputs]` behind a `Flatten`; same names
  /// as ``mlp``.
  public static func matMulMLP(_ widths: [Int] = [4, 6, 3], seed: UInt64 = 1) -> Graph {
    var generator = SeededGenerator(seed: seed, stream: "matmul")
    var nodes = [Node("Flatten", name: "flatten", inputs: ["x"], outputs: ["flat"])]
    var initializers: [Initializer] = []
    var value = "flat"
    for layer in 0..<widths.count - 1 {
      let (inputs, outputs) = (widths[layer], widths[layer + 1])
      let name = "layer\(layer)"
      initializers.append(
        Initializer(
          name: "\(name).weight",
          tensor: HostTensor(
            normal(inputs * outputs, scale: (2 / Float(inputs)).squareRoot(), &generator),
            shape: [inputs, outputs])))
      initializers.append(
        Initializer(
          name: "\(name).bias",
          tensor: HostTensor(normal(outputs, scale: 0.1, &generator), shape: [outputs])))
      let isLast = layer == widths.count - 2
      nodes.append(
        Node(
          "MatMul", name: name, inputs: [value, "\(name).weight"], outputs: ["\(name).product"]))
      value = isLast ? "y" : "\(name).sum"
      nodes.append(
        Node(
          "Add", name: "\(name).add", inputs: ["\(name).product", "\(name).bias"],
          outputs: [value]))
      if !isLast {
        nodes.append(
          Node("Relu", name: "\(name).relu", inputs: [value], outputs: ["\(name).activated"]))
        value = "\(name).activated"
      }
    }
    return graph(nodes, initializers, inputs: widths[0], outputs: widths[widths.count - 1])
  }

  /// Examples of Gaussian clusters, one per class; inputs `[count, features]`.
  public static func clusters(
    count: Int, features: Int = 4, classes: Int = 3, spread: Float = 0.5, seed: UInt64 = 1
  ) -> Batch {
    var centres = SeededGenerator(seed: seed, stream: "centres")
    let means = normal(features * classes, scale: 1.5, &centres)
    var generator = SeededGenerator(seed: seed, stream: "examples")
    var values: [Float] = []
    var labels: [Int] = []
    for example in 0..<count {
      let label = example % classes
      labels.append(label)
      let noise = normal(features, scale: spread, &generator)
      values += noise.indices.map { means[label * features + $0] + noise[$0] }
    }
    return Batch(
      inputs: [HostTensor(values, shape: [count, features])], targets: .labels(labels))
  }

  /// About normal numbers (a sum of twelve uniform ones), mean 0.
  public static func normal(
    _ count: Int, scale: Float = 1, _ generator: inout SeededGenerator
  ) -> [Float] {
    (0..<count).map { _ in
      var sum = -6.0
      for _ in 0..<12 { sum += generator.uniform() }
      return Float(sum) * scale
    }
  }

  private static func graph(
    _ nodes: [Node], _ initializers: [Initializer], inputs: Int, outputs: Int
  ) -> Graph {
    Graph(
      name: "tiny", inputs: [ValueInfo(name: "x", shape: [.symbolic("N"), .fixed(inputs)])],
      outputs: [ValueInfo(name: "y", shape: [.symbolic("N"), .fixed(outputs)])], nodes: nodes,
      initializers: initializers)
  }
}
