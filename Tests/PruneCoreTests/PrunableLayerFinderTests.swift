import PruneCore
import Testing

@Suite("PrunableLayerFinder")
struct PrunableLayerFinderTests {
  private func graph(_ nodes: [Node], _ parameters: [String: [Int]]) -> Graph {
    Graph(
      nodes: nodes,
      initializers: parameters.sorted { $0.key < $1.key }.map {
        Initializer(name: $0.key, tensor: .zeros($0.value))
      })
  }

  private func ints(_ name: String, _ values: [Int64]) -> Initializer {
    Initializer(name: name, tensor: HostTensor(values, shape: [values.count]))
  }

  @Test func denseLayers() {
    let layers = graph(
      [
        Node(
          "Gemm", name: "a", inputs: ["x", "w"], outputs: ["1"],
          attributes: [Attribute("transB", .int(1))]),
        Node("Gemm", name: "b", inputs: ["1", "v"], outputs: ["2"]),
        Node("MatMul", name: "c", inputs: ["2", "u"], outputs: ["3"]),
        Node("MatMul", name: "d", inputs: ["t", "3"], outputs: ["4"]),
      ], ["w": [5, 7], "v": [7, 5], "u": [5, 3], "t": [2, 9]]
    ).prunableLayers()
    #expect(layers.map(\.name) == ["a", "b", "c", "d"])
    #expect(
      layers.map(\.layout) == [
        WeightLayout(outputs: 5, inputs: 7),
        WeightLayout(outputs: 5, inputs: 7, isInputMajor: true),
        WeightLayout(outputs: 3, inputs: 5, isInputMajor: true),
        WeightLayout(outputs: 2, inputs: 9),
      ])
    #expect(layers.allSatisfy { $0.kind == .linear && $0.count == $0.shape.reduce(1, *) })
  }

  @Test func convolutions() {
    let layers = graph(
      [
        Node(
          "Conv", name: "c", inputs: ["x", "w"], outputs: ["1"],
          attributes: [Attribute("group", .int(2))]),
        Node("ConvTranspose", name: "t", inputs: ["1", "v"], outputs: ["2"]),
        Node("Conv", name: "one", inputs: ["2", "u"], outputs: ["3"]),
      ], ["w": [4, 3, 5, 2], "v": [4, 6, 2, 2], "u": [8, 6, 3]]
    ).prunableLayers()
    #expect(layers.map(\.kind) == [.convolution, .transposedConvolution, .convolution])
    #expect(
      layers.map(\.layout) == [
        WeightLayout(outputs: 4, inputs: 30, groups: 2, kernelArea: 10),
        WeightLayout(outputs: 24, inputs: 4, isInputMajor: true, kernelArea: 4),
        WeightLayout(outputs: 8, inputs: 18, kernelArea: 3),
      ])
  }

  @Test func recurrentLayers() {
    let layers = graph(
      [Node("LSTM", name: "l", inputs: ["x", "w", "r"], outputs: ["y"])],
      ["w": [2, 12, 5], "r": [2, 12, 3]]
    ).prunableLayers()
    #expect(layers.map(\.name) == ["l.W", "l.R"])
    #expect(layers.map(\.kind) == [.recurrentInput, .recurrentState])
    #expect(layers.map(\.layout.outputs) == [24, 24])
    #expect(layers.map(\.layout.inputs) == [5, 3])
  }

  @Test("weights are found behind Identity, Cast, Transpose and Reshape")
  func chains() {
    var graph = graph(
      [
        Node("Identity", inputs: ["w"], outputs: ["1"]),
        Node("Cast", inputs: ["1"], outputs: ["2"]),
        Node("Transpose", inputs: ["2"], outputs: ["3"]),
        Node("MatMul", name: "m", inputs: ["x", "3"], outputs: ["4"]),
        Node("Reshape", inputs: ["v", "target"], outputs: ["5"]),
        Node("MatMul", name: "n", inputs: ["4", "5"], outputs: ["6"]),
        Node(
          "Transpose", inputs: ["3"], outputs: ["7"],
          attributes: [Attribute("perm", .ints([1, 0]))]),
        Node("Gemm", name: "g", inputs: ["x", "u"], outputs: ["8"]),
      ], ["w": [5, 7], "v": [2, 5, 3], "u": [4, 4]])
    graph.initializers.append(ints("target", [-1, 3]))
    let layers = graph.prunableLayers()
    #expect(layers.map(\.parameter) == ["w", "v", "u"])
    #expect(layers[0].layout == WeightLayout(outputs: 5, inputs: 7))
    #expect(layers[0].shape == [5, 7])
    #expect(layers[1].layout == WeightLayout(outputs: 3, inputs: 10, isInputMajor: true))
    #expect(layers[1].shape == [2, 5, 3])
  }

  @Test("the layout's index points at the connection")
  func indexing() {
    let first = WeightLayout(outputs: 3, inputs: 4)
    let second = WeightLayout(outputs: 3, inputs: 4, isInputMajor: true)
    #expect(first.index(output: 2, input: 1) == 9)
    #expect(second.index(output: 2, input: 1) == 5)
  }

  @Test func tiedWeightsAreOneLayer() {
    let layers = graph(
      [
        Node("MatMul", name: "a", inputs: ["x", "w"], outputs: ["1"]),
        Node("Relu", inputs: ["1"], outputs: ["2"]),
        Node("MatMul", name: "b", inputs: ["2", "w"], outputs: ["3"]),
      ], ["w": [4, 4]]
    ).prunableLayers()
    #expect(layers.count == 1)
    #expect(layers.first?.nodes == [0, 2])
  }

  @Test func equalNamesAreToldApart() {
    let layers = graph(
      [
        Node("MatMul", name: "m", inputs: ["x", "w"], outputs: ["1"]),
        Node("MatMul", name: "m", inputs: ["1", "v"], outputs: ["2"]),
      ], ["w": [4, 4], "v": [4, 4]]
    ).prunableLayers()
    #expect(layers.map(\.name) == ["m", "m (v)"])
  }

  @Test("weights in Constant and ConstantOfShape nodes")
  func constants() {
    let layers = Graph(nodes: [
      Node(
        "Constant", inputs: [], outputs: ["w"],
        attributes: [Attribute("value", .tensor(Initializer(name: "", tensor: .zeros([3, 4]))))]),
      Node(
        "Constant", inputs: [], outputs: ["s"],
        attributes: [Attribute("value_ints", .ints([4, 2]))]),
      Node("ConstantOfShape", inputs: ["s"], outputs: ["v"]),
      Node("MatMul", name: "a", inputs: ["x", "w"], outputs: ["1"]),
      Node("MatMul", name: "b", inputs: ["1", "v"], outputs: ["2"]),
    ]).prunableLayers()
    #expect(layers.map(\.parameter) == ["w", "v"])
  }

  @Test("what is no prunable weight")
  func refusals() {
    var graph = graph(
      [
        Node("MatMul", inputs: ["x", "y"], outputs: ["1"]),
        Node("MatMul", inputs: ["x", "batched"], outputs: ["2"]),
        Node("MatMul", inputs: ["x", "integers"], outputs: ["3"]),
        Node("MatMul", inputs: ["x", "empty"], outputs: ["4"]),
        Node(
          "Conv", inputs: ["x", "kernel"], outputs: ["5"], attributes: [Attribute("group", .int(0))]
        ),
        Node(
          "Conv", inputs: ["x", "kernel"], outputs: ["6"], attributes: [Attribute("group", .int(3))]
        ),
        Node("MatMul", domain: "com.example", inputs: ["x", "w"], outputs: ["7"]),
        Node("Reshape", inputs: ["w", "huge"], outputs: ["8"]),
        Node("MatMul", inputs: ["x", "8"], outputs: ["9"]),
        Node("Reshape", inputs: ["w", "negative"], outputs: ["10"]),
        Node("MatMul", inputs: ["x", "10"], outputs: ["11"]),
        Node("MatMul", inputs: ["x", "loop"], outputs: ["12"]),
        Node("Identity", inputs: ["loop"], outputs: ["loop"]),
        Node("MatMul", inputs: ["x"], outputs: ["13"]),
      ], ["batched": [2, 3, 4], "empty": [0, 4], "kernel": [4, 1, 3, 3], "w": [2, 3]])
    graph.initializers += [
      ints("integers", [1, 2]), ints("huge", [.max, .max]), ints("negative", [-2, -3]),
    ]
    #expect(graph.prunableLayers().isEmpty)
  }
}
