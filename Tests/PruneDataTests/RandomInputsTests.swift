import PruneCore
import PruneData
import TestSupport
import Testing

@Suite("Random inputs")
struct RandomInputsTests {
  private func graph(_ shape: [ValueInfo.Dimension]?, _ type: ElementType = .float32) -> Graph {
    Graph(
      name: "g", inputs: [ValueInfo(name: "x", elementType: type, shape: shape)],
      outputs: [ValueInfo(name: "y", shape: nil)],
      nodes: [Node("Gather", name: "embed", inputs: ["table", "x"], outputs: ["y"])],
      initializers: [
        Initializer(
          name: "table", tensor: HostTensor([Float](repeating: 0, count: 14), shape: [7, 2]))
      ])
  }

  @Test("take the declared shape, repeat by seed and are standard normal")
  func numbers() throws {
    let graph = graph([.symbolic("N"), .fixed(3), .symbolic("T")])
    let data = try DataSet.random(for: graph, examples: 500, seed: 4)
    #expect(data.train.count + data.test.count == 500)
    #expect(data.train.exampleShapes == [[3, 16]])
    #expect(!data.train.hasTargets)
    let again = try DataSet.random(for: graph, examples: 500, seed: 4)
    #expect(again.fingerprint == data.fingerprint)
    #expect(try DataSet.random(for: graph, examples: 500).fingerprint != data.fingerprint)
    let values = data.train.batch(0..<data.train.count).inputs[0].floats ?? []
    let mean = values.reduce(0, +) / Float(values.count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Float(values.count)
    #expect(abs(mean) < 0.03)
    #expect(abs(variance - 1) < 0.05)
  }

  @Test("are tokens of the table that is looked up")
  func tokens() throws {
    let graph = graph([.symbolic("N"), .fixed(5)], .int64)
    let data = try DataSet.random(for: graph, examples: 200)
    let tokens = try data.train.fitted(to: graph).batch(0..<100).inputs[0].integers ?? []
    #expect(Set(tokens) == Set(0..<7))
  }

  @Test("are refused without a shape and in numbers that make no sense")
  func refused() {
    #expect(throws: DataError.self) { try DataSet.random(for: graph(nil), examples: 100) }
    for count in [-1, 0, 9, .max] {
      #expect(throws: DataError.self) {
        try DataSet.random(for: graph([.symbolic("N"), .fixed(3)]), examples: count)
      }
    }
    #expect(throws: DataError.self) {
      try DataSet.random(
        for: graph([.symbolic("N"), .fixed(1 << 40), .fixed(1 << 40)]), examples: 100)
    }
  }
}
