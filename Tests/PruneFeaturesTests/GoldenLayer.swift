import PruneCore
import PruneFeatures
import TestSupport

/// The layer of `Golden/saliency.json`.
struct GoldenLayer: Decodable {
  var outputs: Int
  var inputs: Int
  var examples: Int
  var weights: [Float]
  var kept: [Bool]
  var gradientSum: [Float]
  var gradientSquareSum: [Float]
  var gradientAbsoluteSum: [Float]
  var inputSum: [Float]
  var inputSquareSum: [Float]
  var outputSum: [Float]
  var outputSquareSum: [Float]
  var activationAbsoluteSum: [Float]
  var activationZeroCount: [Float]
  var saliency: [String: [Float]]

  static func load() throws -> GoldenLayer { try Golden<GoldenLayer>.load("saliency") }

  var layer: PrunableLayer { .linear("golden", outputs: outputs, inputs: inputs) }

  var statistics: LayerStatistics {
    var result = LayerStatistics()
    result.examples = examples
    result.positions = examples
    result.gradientSum = gradientSum
    result.gradientSquareSum = gradientSquareSum
    result.gradientAbsoluteSum = gradientAbsoluteSum
    result.inputSum = inputSum
    result.inputSquareSum = inputSquareSum
    result.outputSum = outputSum
    result.outputSquareSum = outputSquareSum
    result.activationAbsoluteSum = activationAbsoluteSum
    result.activationZeroCount = activationZeroCount
    return result
  }

  var state: NetworkState {
    NetworkState(
      layers: [layer], weights: [weights], masks: [Mask(kept)], statistics: [statistics])
  }
}

extension PrunableLayer {
  static func linear(
    _ name: String, outputs: Int, inputs: Int, isInputMajor: Bool = false
  ) -> PrunableLayer {
    PrunableLayer(
      name: name, kind: .linear, parameter: name,
      shape: isInputMajor ? [inputs, outputs] : [outputs, inputs],
      layout: WeightLayout(outputs: outputs, inputs: inputs, isInputMajor: isInputMajor),
      nodes: [0])
  }
}
