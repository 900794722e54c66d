import PruneCore
import TestSupport
import Testing

@testable import PruneCompensation

@Suite("Bias slot")
struct BiasSlotTests {
  private func find(_ nodes: [Node], _ stored: [String: [Int]], layer index: Int = 0) -> BiasSlot? {
    let graph = Graph(
      inputs: [ValueInfo(name: "x")], outputs: [ValueInfo(name: "y")], nodes: nodes,
      initializers: stored.sorted { $0.key < $1.key }.map {
        Initializer(name: $0.key, tensor: .zeros($0.value))
      })
    return BiasSlot(of: graph.prunableLayers()[index], in: graph)
  }

  @Test("is the bias of a Gemm, scaled by alpha and beta")
  func gemm() throws {
    let gemm = Node(
      "Gemm", inputs: ["x", "w", "b"], outputs: ["y"],
      attributes: [Attribute("alpha", .float(2)), Attribute("beta", .float(4))])
    let slot = try #require(find([gemm], ["w": [3, 5], "b": [5]]))
    #expect(slot.parameter == "b")
    #expect(slot.factor == 0.5)
    #expect((0..<5).map(slot.element(ofOutput:)) == [0, 1, 2, 3, 4])
  }

  @Test("is what is added to a MatMul, and not a shared or a wider one")
  func matMul() {
    let product = Node("MatMul", inputs: ["x", "w"], outputs: ["p"])
    let sum = Node("Add", inputs: ["p", "b"], outputs: ["y"])
    #expect(find([product, sum], ["w": [3, 5], "b": [5]])?.parameter == "b")
    #expect(find([product, sum], ["w": [3, 5], "b": [2, 5]]) == nil)
    let again = Node("Add", inputs: ["y", "b"], outputs: ["z"])
    #expect(find([product, sum, again], ["w": [3, 5], "b": [5]]) == nil)
  }

  @Test("is the running mean after a convolution without bias, with the sign turned")
  func batchNormalization() {
    let norm = Node("BatchNormalization", inputs: ["c", "s", "o", "m", "v"], outputs: ["y"])
    let stored = ["k": [4, 2, 3, 3], "s": [4], "o": [4], "m": [4], "v": [4], "kb": [4]]
    let plain = find([Node("Conv", inputs: ["x", "k"], outputs: ["c"]), norm], stored)
    #expect(plain?.parameter == "m")
    #expect(plain?.factor == -1)
    let biased = find([Node("Conv", inputs: ["x", "k", "kb"], outputs: ["c"]), norm], stored)
    #expect(biased?.parameter == "kb")
    #expect(biased?.factor == 1)
  }

  @Test("is the half of a recurrent bias that goes with the weight, per direction")
  func recurrent() throws {
    let lstm = Node("LSTM", inputs: ["x", "W", "R", "B"], outputs: ["y"])
    let stored = ["W": [2, 8, 3], "R": [2, 8, 2], "B": [2, 16]]
    let input = try #require(find([lstm], stored))
    let state = try #require(find([lstm], stored, layer: 1))
    #expect([0, 7, 8, 15].map(input.element(ofOutput:)) == [0, 7, 16, 23])
    #expect([0, 7, 8, 15].map(state.element(ofOutput:)) == [8, 15, 24, 31])
  }

  @Test("takes what a correction says")
  func applied() throws {
    let layer = TinyModels.matMulMLP().prunableLayers()[0]
    let graph = TinyModels.matMulMLP()
    let slot = try #require(BiasSlot(of: layer, in: graph))
    let before = graph.parameters()
    let outputs = layer.layout.outputs
    let correction = LayerCorrection(
      weights: [Float](repeating: 0.5, count: layer.count),
      bias: (0..<outputs).map { Float($0) }
    ).scaled(by: 2)
    let after = correction.applied(to: layer, bias: slot, parameters: before)
    #expect(Set(after.keys) == [layer.parameter, slot.parameter])
    let weights = try #require(before[layer.parameter]?.floats)
    #expect(after[layer.parameter]?.floats == weights.map { $0 + 1 })
    let bias = try #require(before[slot.parameter]?.floats)
    #expect(after[slot.parameter]?.floats == bias.indices.map { bias[$0] + 2 * Float($0) })
  }
}

@Suite("Feature parts")
struct FeaturePartsTests {
  @Test("leave out inputs without a connection, and stay within width and work")
  func parts() {
    let layer = TinyModels.mlp([12, 5]).prunableLayers()[0]
    let kept = Mask((0..<60).map { ($0 % 12) % 3 != 1 })
    #expect(
      FeatureParts(layer, kept: kept, widest: 5, work: .infinity).parts == [
        [0, 2, 3, 5, 6], [8, 9, 11],
      ])
    // Five outputs of twelve connections: 5 · 12 / 3 · width² multiplications.
    #expect(
      FeatureParts(layer, kept: nil, widest: 100, work: 20 * 16).parts.map(\.count) == [4, 4, 4])
    #expect(FeatureParts(layer, kept: nil).parts == [Array(0..<12)])
    #expect(FeatureParts(layer, kept: Mask([Bool](repeating: false, count: 60))).parts.isEmpty)
  }
}
