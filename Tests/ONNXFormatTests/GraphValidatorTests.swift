import PruneCore
import Testing

@testable import ONNXFormat

@Suite("GraphValidator")
struct GraphValidatorTests {
  private func graph(
    _ nodes: [Node], weight: [Float] = [1, 2], outputs: [String] = ["y"]
  ) -> Graph {
    Graph(
      inputs: [ValueInfo(name: "x"), ValueInfo(name: "w")],
      outputs: outputs.map { ValueInfo(name: $0) }, nodes: nodes,
      initializers: [Initializer(name: "w", tensor: HostTensor(weight, shape: [weight.count]))])
  }

  @Test func acceptsInitializersAmongTheInputs() throws {
    try GraphValidator().validate(
      graph([Node("Add", inputs: ["x", "w", ""], outputs: ["y", ""])]))
  }

  @Test func wrongOrder() {
    let nodes = [
      Node("Relu", name: "second", inputs: ["h"], outputs: ["y"]),
      Node("Add", name: "first", inputs: ["x", "w"], outputs: ["h"]),
    ]
    #expect(throws: GraphError.undefinedValue("h", node: "second")) {
      try GraphValidator().validate(graph(nodes))
    }
  }

  @Test func duplicates() {
    let nodes = [
      Node("Relu", name: "a", inputs: ["x"], outputs: ["y"]),
      Node("Relu", name: "b", inputs: ["x"], outputs: ["y"]),
    ]
    #expect(throws: GraphError.duplicateValue("y", node: "b")) {
      try GraphValidator().validate(graph(nodes))
    }
    var twice = graph([Node("Relu", inputs: ["x"], outputs: ["y"])])
    twice.initializers.append(twice.initializers[0])
    #expect(throws: GraphError.duplicateValue("w", node: "initializers")) {
      try GraphValidator().validate(twice)
    }
  }

  @Test func outputsMustBeComputed() {
    #expect(throws: GraphError.undefinedOutput("z")) {
      try GraphValidator().validate(
        graph([Node("Relu", inputs: ["x"], outputs: ["y"])], outputs: ["y", "z"]))
    }
  }

  @Test func subgraphsSeeWhatCameBefore() throws {
    func model(reading value: String) -> Graph {
      let branch = Graph(
        outputs: [ValueInfo(name: "b")],
        nodes: [Node("Relu", name: "inner", inputs: [value], outputs: ["b"])])
      return graph([
        Node("Relu", inputs: ["x"], outputs: ["h"]),
        Node(
          "If", inputs: ["x"], outputs: ["y"],
          attributes: [Attribute("then_branch", .graph(branch))]),
      ])
    }
    try GraphValidator().validate(model(reading: "h"))
    #expect(throws: GraphError.undefinedValue("y", node: "inner")) {
      try GraphValidator().validate(model(reading: "y"))
    }
  }

  @Test func notANumber() {
    #expect(throws: GraphError.nonFinite(parameter: "w", index: 1)) {
      try GraphValidator().validate(
        graph([Node("Add", inputs: ["x", "w"], outputs: ["y"])], weight: [1, .nan]))
    }
  }

  @Test("an infinity is an error in a weight, not in a mask")
  func infinity() throws {
    let weight: [Float] = [1, -.infinity]
    try GraphValidator().validate(
      graph([Node("Add", inputs: ["x", "w"], outputs: ["y"])], weight: weight))
    let nodes = [
      Node("Transpose", inputs: ["w"], outputs: ["t"]),
      Node("MatMul", inputs: ["x", "t"], outputs: ["y"]),
    ]
    #expect(throws: GraphError.nonFinite(parameter: "w", index: 1)) {
      try GraphValidator().validate(graph(nodes, weight: weight))
    }
  }

  @Test func constantsAndHalves() {
    let half = HostTensor(shape: [2], storage: .bytes(.float16, [0, 0, 0x00, 0x7E]))
    let constant = Node(
      "Constant", inputs: [], outputs: ["c"],
      attributes: [Attribute("value", .tensor(Initializer(name: "", tensor: half)))])
    #expect(throws: GraphError.nonFinite(parameter: "c", index: 1)) {
      try GraphValidator().validate(
        graph([constant, Node("Add", inputs: ["x", "c"], outputs: ["y"])]))
    }
  }

  @Test func sparseInitializersAreDefined() throws {
    let graph = try ONNXReader().read(try Locations.goldenBytes("everything.onnx"))
    try GraphValidator().validateNames(of: graph)
  }
}
