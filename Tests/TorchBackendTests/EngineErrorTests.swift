import PruneCore
import Testing

@testable import TorchBackend

@Suite("Engine errors", .serialized)
struct EngineErrorTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("name operator, node and opset of what is not supported")
  func unsupportedOperator() throws {
    var graph = SmallGraphs.perceptron()
    graph.nodes[1].name = "mine"
    graph.nodes[1].domain = "com.example"
    let engine = try TorchEngine(threads: 1)
    let text = message { _ = try engine.prepare(graph) }
    #expect(text.contains("com.example::Relu"))
    #expect(text.contains("'mine'") && text.contains("13"))
  }

  @Test("name an attribute that is not known")
  func unsupportedAttribute() throws {
    var graph = SmallGraphs.perceptron()
    graph.nodes[0].attributes.append(Attribute("magic", .int(1)))
    let engine = try TorchEngine(threads: 1)
    #expect(message { _ = try engine.prepare(graph) }.contains("magic"))
  }

  @Test("name a value that nothing defines")
  func undefinedValue() throws {
    var graph = SmallGraphs.perceptron()
    graph.nodes[1].inputs = ["ghost"]
    let engine = try TorchEngine(threads: 1)
    #expect(message { _ = try engine.prepare(graph) }.contains("'ghost'"))
  }

  @Test("say which input has which shape and which was expected")
  func wrongInput() throws {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(SmallGraphs.perceptron())
    let text = message { _ = try engine.run(program, on: [.zeros([2, 7])]) }
    #expect(text.contains("'x'") && text.contains("[2, 7]") && text.contains("[N, 6]"))
    #expect(message { _ = try engine.run(program, on: []) }.contains("0 tensors"))
    #expect(throws: EngineError.self) { try engine.run(program, on: [.zeros([0, 6])]) }
  }

  @Test("say which targets were expected")
  func wrongTargets() throws {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(SmallGraphs.perceptron())
    func loss(_ targets: Batch.Targets, _ objective: Objective) -> String {
      message {
        _ = try engine.gradients(
          of: program, on: Batch(inputs: [.zeros([2, 6])], targets: targets),
          objective: objective, for: ["w1"])
      }
    }
    #expect(loss(.labels([0, 3]), .crossEntropy(labelSmoothing: 0)).contains("label 3"))
    #expect(loss(.labels([0]), .crossEntropy(labelSmoothing: 0)).contains("1 labels"))
    #expect(loss(.none, .crossEntropy(labelSmoothing: 0)).contains("labels"))
    #expect(loss(.values(.zeros([2, 4])), .meanSquaredError).contains("[2, 4]"))
    #expect(
      loss(.none, .distillation(temperature: 2, labelWeight: 0)).contains("teacher"))
  }

  @Test("name the node whose operands do not fit")
  func shapeMismatch() throws {
    var graph = SmallGraphs.perceptron()
    graph.inputs[0].shape = nil
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(graph)
    let text = message { _ = try engine.run(program, on: [.zeros([2, 7])]) }
    #expect(text.contains("Gemm") && text.contains("'fc1'"))
  }

  @Test("refuse unknown parameters and masks of a wrong size")
  func parameters() throws {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(SmallGraphs.perceptron())
    #expect(throws: EngineError.unknownParameter("nope")) {
      try engine.setParameters(["nope": .zeros([1])], of: program)
    }
    #expect(throws: EngineError.self) { try engine.setMasks(["w1": [true]], of: program) }
    #expect(throws: EngineError.self) {
      try engine.setParameters(["w1": .zeros([6, 5])], of: program)
    }
    #expect(throws: EngineError.self) { try TorchEngine(threads: 0) }
  }

  @Test("leave every parameter trainable after gradients of some")
  func failedGradients() throws {
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(SmallGraphs.perceptron())
    let objective = Objective.crossEntropy(labelSmoothing: 0)
    let bad = Batch(inputs: [.zeros([2, 6])], targets: .labels([9, 9]))
    #expect(throws: EngineError.self) {
      try engine.gradients(of: program, on: bad, objective: objective, for: ["w1"])
    }
    let before = try engine.parameters(of: program)
    let step = TrainingStep(objective: objective, optimizer: .momentum, learningRate: 0.1)
    _ = try engine.train(program, on: SmallGraphs.batch([5, 6]), step: step)
    let after = try engine.parameters(of: program)
    try #require(before.count > 2)
    for (name, tensor) in before { #expect(after[name] != tensor, "\(name)") }
  }

  @Test("run either branch of an If")
  func branches() throws {
    func branch(_ operation: String) -> Graph {
      Graph(
        outputs: [ValueInfo(name: "r")],
        nodes: [Node(operation, inputs: ["x"], outputs: ["r"])])
    }
    for (flag, expected) in [(true, Float(0)), (false, Float(2))] {
      let graph = SmallGraphs.graph(
        input: [.symbolic("N"), .fixed(1)],
        nodes: [
          Node(
            "If", inputs: ["c"], outputs: ["y"],
            attributes: [
              Attribute("then_branch", .graph(branch("Relu"))),
              Attribute("else_branch", .graph(branch("Abs"))),
            ])
        ],
        initializers: [
          Initializer(name: "c", tensor: HostTensor(shape: [], storage: .bool([flag])))
        ])
      let engine = try TorchEngine(threads: 1)
      let program = try engine.prepare(graph)
      let input = HostTensor([-2] as [Float], shape: [1, 1])
      #expect(try engine.run(program, on: [input])[0].floats == [expected])
    }
  }
}
