import PruneCore
import Testing

@Suite("MACCounter")
struct MACCounterTests {
  private func macs(_ node: Node, _ shapes: [String: [Int]]) -> Int? {
    MACCounter(Graph(nodes: [node])).macs(shapes: shapes)[0]
  }

  /// The first layer of ResNet-50: 118,013,952 MACs, as counted by fvcore and ptflops.
  @Test func convolution() {
    let node = Node("Conv", inputs: ["x", "w"], outputs: ["y"])
    let shapes = ["x": [1, 3, 224, 224], "w": [64, 3, 7, 7], "y": [1, 64, 112, 112]]
    #expect(macs(node, shapes) == 118_013_952)
  }

  @Test func groupedConvolution() {
    let node = Node(
      "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: [Attribute("group", .int(8))])
    #expect(
      macs(node, ["x": [2, 8, 4, 4], "w": [8, 1, 3, 3], "y": [2, 8, 4, 4]]) == 2 * 8 * 16 * 9)
  }

  @Test func transposedConvolution() {
    let node = Node("ConvTranspose", inputs: ["x", "w"], outputs: ["y"])
    #expect(
      macs(node, ["x": [1, 4, 5, 5], "w": [4, 6, 2, 2], "y": [1, 6, 10, 10]]) == 4 * 25 * 6 * 4)
  }

  @Test func dense() {
    let gemm = Node("Gemm", inputs: ["x", "w"], outputs: ["y"])
    #expect(macs(gemm, ["x": [3, 7], "w": [7, 5], "y": [3, 5]]) == 105)
    let transposed = Node(
      "Gemm", inputs: ["x", "w"], outputs: ["y"], attributes: [Attribute("transA", .int(1))])
    #expect(macs(transposed, ["x": [7, 3], "w": [7, 5], "y": [3, 5]]) == 105)
    let attention = Node("MatMul", inputs: ["q", "k"], outputs: ["s"])
    #expect(
      macs(attention, ["q": [2, 4, 9, 8], "k": [2, 4, 8, 9], "s": [2, 4, 9, 9]]) == 2 * 4 * 81 * 8)
  }

  @Test func recurrent() {
    let node = Node("LSTM", inputs: ["x", "w", "r"], outputs: ["y"])
    let shapes = ["x": [10, 2, 5], "w": [1, 12, 5], "r": [1, 12, 3]]
    #expect(macs(node, shapes) == 10 * 2 * (60 + 36))
  }

  @Test func others() {
    #expect(macs(Node("Relu", inputs: ["x"], outputs: ["y"]), ["x": [3], "y": [3]]) == nil)
    #expect(macs(Node("Conv", inputs: ["x", "w"], outputs: ["y"]), [:]) == nil)
  }
}
