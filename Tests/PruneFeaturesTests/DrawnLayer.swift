import PruneCore
import PruneFeatures
import PruneSupport
import TestSupport

/// A linear layer with drawn weights and consistent statistics of every kind.
struct DrawnLayer {
  var layer: PrunableLayer
  var weights: [Float]
  var statistics = LayerStatistics()

  init(seed: UInt64, outputs: Int = 6, inputs: Int = 9, isInputMajor: Bool, name: String = "drawn")
  {
    var generator = SeededGenerator(seed: seed, stream: name)
    layer = .linear(name, outputs: outputs, inputs: inputs, isInputMajor: isInputMajor)
    func drawn(_ count: Int, _ scale: Float = 1) -> [Float] {
      TinyModels.normal(count, scale: scale, &generator)
    }
    weights = drawn(outputs * inputs)
    statistics.examples = 8
    statistics.positions = 8
    statistics.gradientSum = drawn(outputs * inputs)
    statistics.gradientSquareSum = drawn(outputs * inputs).map { 1 + $0 * $0 }
    statistics.gradientAbsoluteSum = statistics.gradientSum.map { 0.5 + $0.magnitude }
    statistics.inputSum = drawn(inputs)
    statistics.inputSquareSum = drawn(inputs).map { 4 + $0 * $0 }
    statistics.outputSum = drawn(outputs)
    statistics.outputSquareSum = drawn(outputs).map { 4 + $0 * $0 }
    statistics.activationAbsoluteSum = drawn(outputs).map(\.magnitude)
    statistics.activationZeroCount = (0..<outputs).map { Float($0 % 8) }
  }

  func scores(_ criterion: any SaliencyCriterion) -> [Float] {
    criterion.saliency(of: layer, weights: weights, statistics: statistics, seed: 7)
  }

  /// The same connections stored inputs first.
  var transposed: DrawnLayer {
    let (outputs, inputs) = (layer.layout.outputs, layer.layout.inputs)
    let order = (0..<layer.count).map { $0 % outputs * inputs + $0 / outputs }
    var result = reordered(connections: order)
    result.layer = .linear(layer.name, outputs: outputs, inputs: inputs, isInputMajor: true)
    return result
  }

  /// Rows and columns in another order, with where each came from.
  func permuted(seed: UInt64) -> (layer: DrawnLayer, outputs: [Int], connections: [Int]) {
    var generator = SeededGenerator(seed: seed)
    let outputs = (0..<layer.layout.outputs).shuffled(using: &generator)
    let inputs = (0..<layer.layout.inputs).shuffled(using: &generator)
    let connections = outputs.flatMap { o in inputs.map { o * inputs.count + $0 } }
    var result = reordered(connections: connections)
    result.statistics.inputSum = inputs.map { statistics.inputSum[$0] }
    result.statistics.inputSquareSum = inputs.map { statistics.inputSquareSum[$0] }
    result.statistics.outputSum = outputs.map { statistics.outputSum[$0] }
    result.statistics.outputSquareSum = outputs.map { statistics.outputSquareSum[$0] }
    result.statistics.activationAbsoluteSum = outputs.map { statistics.activationAbsoluteSum[$0] }
    result.statistics.activationZeroCount = outputs.map { statistics.activationZeroCount[$0] }
    return (result, outputs, connections)
  }

  private func reordered(connections: [Int]) -> DrawnLayer {
    var result = self
    result.weights = connections.map { weights[$0] }
    result.statistics.gradientSum = connections.map { statistics.gradientSum[$0] }
    result.statistics.gradientSquareSum = connections.map { statistics.gradientSquareSum[$0] }
    result.statistics.gradientAbsoluteSum = connections.map { statistics.gradientAbsoluteSum[$0] }
    return result
  }
}
