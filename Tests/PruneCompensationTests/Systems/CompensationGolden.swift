import PruneCore
import TestSupport

/// What `Golden/make_compensation.py` wrote.
struct CompensationGolden: Decodable {
  /// A layer, its inputs in the pruned and in the dense network, and numpy's fit.
  struct Layer: Decodable, CustomStringConvertible, Sendable {
    let name: String
    let groups: Int
    let stride: Int
    let pad: Int
    let isConvolution: Bool
    let inputShape: [Int]
    let weightShape: [Int]
    let input: [Float]
    let denseInput: [Float]
    let weight: [Float]
    let denseWeight: [Float]
    let kept: [Bool]
    let ridge: Double
    let fitsBias: Bool
    let correction: [Float]
    let bias: [Float]

    var description: String { name }

    /// The layer behind an addition of `shift`, which makes the inputs of two networks differ.
    func graph(weight values: [Float], shift: [Float]) -> Graph {
      let layer =
        isConvolution
        ? Node(
          "Conv", name: "layer", inputs: ["shifted", "w"], outputs: ["y"],
          attributes: [
            Attribute("group", .int(Int64(groups))),
            Attribute("strides", .ints([Int64(stride), Int64(stride)])),
            Attribute("pads", .ints([Int64](repeating: Int64(pad), count: 4))),
          ])
        : Node(
          "Gemm", name: "layer", inputs: ["shifted", "w"], outputs: ["y"],
          attributes: [Attribute("transB", .int(1)), Attribute("alpha", .float(0.5))])
      return Graph(
        inputs: [
          ValueInfo(
            name: "x", shape: [.symbolic("N")] + inputShape.dropFirst().map { .fixed($0) })
        ], outputs: [ValueInfo(name: "y")],
        nodes: [
          Node("Add", name: "add", inputs: ["x", "shift"], outputs: ["shifted"]), layer,
        ],
        initializers: [
          Initializer(name: "w", tensor: HostTensor(values, shape: weightShape)),
          Initializer(name: "shift", tensor: HostTensor(shift, shape: inputShape)),
        ])
    }
  }

  struct Fisher: Decodable {
    let rows: Int
    let gradients: [Float]
    let weights: [Float]
    let kept: [Bool]
    let ridge: Double
    let correction: [Float]
  }

  struct Saliency: Decodable {
    let examples: Int
    let inputs: Int
    let outputs: Int
    let gram: [Float]
    let gradientSquareSum: [Float]
    let weights: [Float]
    let kept: [Bool]
    let scores: [Float]
  }

  struct Newton: Decodable {
    let gradients: [Float]
    let slope: [Double]
    let ridge: Double
    let step: [Double]
  }

  let layers: [Layer]
  let fisher: Fisher
  let saliency: Saliency
  let newton: Newton

  static func load() throws -> CompensationGolden { try Golden.load("compensation") }
}
