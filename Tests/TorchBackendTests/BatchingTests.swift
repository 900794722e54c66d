import PruneCore
import Testing

@testable import TorchBackend

@Suite("Batches of graphs exported for one example", .serialized)
struct BatchingTests {
  private func alone(
    _ engine: TorchEngine, _ graph: Graph, _ input: HostTensor
  ) throws -> [[Float]] {
    let program = try engine.prepare(graph)
    return try (0..<input.shape[0]).map {
      try engine.run(program, on: [input.examples([$0])])[0].floats ?? []
    }
  }

  @Test("run in one pass where it is provably the same", arguments: [1, 2])
  func whole(_ groups: Int) throws {
    let engine = try TorchEngine(threads: 1)
    let graph = SmallGraphs.fixedConvolution(groups: groups)
    let program = try engine.prepare(graph)
    let batch = SmallGraphs.batch([9, 2, 6, 5])
    let output = try engine.run(program, on: batch.inputs)[0]
    #expect(output.shape == [9, 3])
    let expected = try alone(engine, graph, batch.inputs[0]).flatMap { $0 }
    #expect((output.floats ?? []).isClose(to: expected, relative: 1e-5))
    guard case .whole = program.batching else {
      Issue.record("\(String(describing: program.batching))")
      return
    }
  }

  @Test("run one by one where examples would mix")
  func mixing() throws {
    let graph = SmallGraphs.graph(
      input: [.fixed(1), .fixed(3)],
      nodes: [
        Node(
          "ReduceMean", inputs: ["x"], outputs: ["m"],
          attributes: [Attribute("keepdims", .int(1))]),
        Node("Sub", inputs: ["x", "m"], outputs: ["y"]),
      ], initializers: [])
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(graph)
    let batch = SmallGraphs.batch([4, 3])
    let output = try engine.run(program, on: batch.inputs)[0]
    let expected = try alone(engine, graph, batch.inputs[0]).flatMap { $0 }
    #expect(output.shape == [4, 3])
    #expect((output.floats ?? []).isClose(to: expected, relative: 1e-6))
    guard case .pieces(let reason) = program.batching else {
      Issue.record("expected pieces")
      return
    }
    #expect(reason.contains("ReduceMean"))
  }

  @Test("fill up the last piece of a graph exported for several examples")
  func pieces() throws {
    let graph = SmallGraphs.graph(
      input: [.fixed(3), .fixed(2)],
      nodes: [Node("Add", inputs: ["x", "c"], outputs: ["y"])],
      initializers: [
        Initializer(name: "c", tensor: HostTensor([1, 1, 2, 2, 3, 3] as [Float], shape: [3, 2]))
      ])
    let engine = try TorchEngine(threads: 1)
    let program = try engine.prepare(graph)
    let output = try engine.run(program, on: [HostTensor.zeros([4, 2])])[0]
    #expect(output == HostTensor([1, 1, 2, 2, 3, 3, 1, 1] as [Float], shape: [4, 2]))
  }
}
