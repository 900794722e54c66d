import PruneCore
import Testing

@Suite("graph parameters")
struct GraphParametersTests {
  private let weight = HostTensor([1, 2, 3, 4] as [Float], shape: [2, 2])

  private func constant(_ output: String, _ attribute: Attribute) -> Node {
    Node("Constant", inputs: [], outputs: [output], attributes: [attribute])
  }

  private func stored(_ tensor: HostTensor) -> Attribute {
    Attribute("value", .tensor(Initializer(name: "", tensor: tensor)))
  }

  private var graph: Graph {
    Graph(
      inputs: [ValueInfo(name: "x"), ValueInfo(name: "w")],
      nodes: [
        constant("c", stored(weight)), constant("f", Attribute("value_float", .float(0.5))),
        constant("fs", Attribute("value_floats", .floats([1, 2]))),
        constant("shape", Attribute("value_ints", .ints([2, 3]))),
        Node(
          "ConstantOfShape", inputs: ["shape"], outputs: ["filled"],
          attributes: [stored(HostTensor([7] as [Float], shape: [1]))]),
        Node("ConstantOfShape", inputs: ["computed"], outputs: ["open"]),
        Node("Shape", inputs: ["x"], outputs: ["computed"]),
      ], initializers: [Initializer(name: "w", tensor: weight)])
  }

  @Test func namesAndValues() {
    let graph = graph
    #expect(graph.parameterNames == ["w", "c", "f", "fs", "shape", "filled"])
    #expect(Set(graph.parameters().keys) == Set(graph.parameterNames))
    for (name, tensor) in graph.parameters() {
      #expect(graph.parameter(named: name) == tensor)
    }
    #expect(graph.parameter(named: "c") == weight)
    #expect(graph.parameter(named: "f") == HostTensor([0.5] as [Float], shape: []))
    #expect(
      graph.parameter(named: "filled")
        == HostTensor([Float](repeating: 7, count: 6), shape: [2, 3]))
    #expect(graph.parameter(named: "open") == nil)
    #expect(graph.dataInputs.map(\.name) == ["x"])
  }

  @Test func everyKindCanBeReplaced() throws {
    var graph = graph
    let replacements = [
      "w": HostTensor([0, 0, 3, 4] as [Float], shape: [2, 2]),
      "c": HostTensor([5, 6, 7, 8] as [Float], shape: [2, 2]),
      "f": HostTensor([0.25] as [Float], shape: []),
      "fs": HostTensor([3, 4] as [Float], shape: [2]),
      "filled": HostTensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]),
    ]
    try graph.setParameters(replacements)
    for (name, tensor) in replacements { #expect(graph.parameter(named: name) == tensor) }
    #expect(graph.nodes.count == self.graph.nodes.count)
    #expect(graph.nodes[4].operation == "Constant")
  }

  @Test("an unchanged fill stays a fill")
  func unchangedFill() throws {
    var copy = graph
    try copy.setParameters(["filled": HostTensor([Float](repeating: 7, count: 6), shape: [2, 3])])
    #expect(copy == graph)
  }

  @Test func elementTypesStay() throws {
    var graph = Graph(
      nodes: [
        Node(
          "ConstantOfShape", inputs: ["s"], outputs: ["d"],
          attributes: [stored(HostTensor(shape: [1], storage: .float64([0])))])
      ],
      initializers: [
        Initializer(name: "h", tensor: HostTensor(shape: [1], storage: .bytes(.float16, [0, 0]))),
        Initializer(name: "s", tensor: HostTensor([1] as [Int64], shape: [1])),
      ])
    let one = HostTensor([1] as [Float], shape: [1])
    try graph.setParameters(["h": one, "d": one])
    #expect(graph.parameter(named: "h")?.storage == .bytes(.float16, [0x00, 0x3C]))
    #expect(graph.parameter(named: "d")?.storage == .float64([1]))
  }

  @Test func refusals() {
    var graph = graph
    #expect(throws: GraphError.unknownParameter("nothing")) {
      try graph.setParameters(["nothing": weight, "w": .zeros([2, 2])])
    }
    #expect(graph == self.graph)
    let strings = HostTensor(shape: [1], storage: .strings([[]]))
    #expect(throws: GraphError.unstorable(parameter: "c", from: .string, to: .float32)) {
      try graph.setParameters(["c": strings])
    }
  }

  @Test(
    "hostile fills are computed values",
    arguments: [
      [Int64.max, 2], [-1], [1 << 20, 1 << 20], [0, Int64.max, Int64.max],
    ])
  func hostileFill(_ extents: [Int64]) {
    let graph = Graph(
      nodes: [Node("ConstantOfShape", inputs: ["s"], outputs: ["f"])],
      initializers: [
        Initializer(name: "s", tensor: HostTensor(extents, shape: [extents.count]))
      ])
    #expect(graph.parameterNames == ["s"])
    #expect(graph.parameter(named: "f") == nil)
  }

  @Test("a fill without one whole value is not stored")
  func oddFillValues() {
    for value in [
      HostTensor(shape: [1], storage: .bytes(.int4, [3])), .zeros([0]), .zeros([2]),
      HostTensor(shape: [1], storage: .strings([[1]])),
    ] {
      let node = Node(
        "ConstantOfShape", inputs: ["s"], outputs: ["f"], attributes: [stored(value)])
      #expect(node.filled(shape: [3]) == nil)
    }
  }

  @Test("names of many parameters take linear time", .timeLimit(.minutes(1)))
  func manyParameters() {
    let nodes = (0..<5_000).flatMap { index in
      [
        constant("s\(index)", Attribute("value_ints", .ints([2]))),
        Node("ConstantOfShape", inputs: ["s\(index)"], outputs: ["f\(index)"]),
      ]
    }
    #expect(Graph(nodes: nodes).parameterNames.count == 10_000)
  }
}
