import AutoPrune
import Foundation

/// Cross-entropy of one batch, with the sums of its gradients over the examples.
struct CrossEntropyPass {
  private(set) var lossSum = 0.0
  private(set) var weightGradientSum: [Float]
  private(set) var biasGradientSum: [Float]

  init(
    _ program: SoftmaxRegressionEngine.Program, _ examples: [[Float]], _ batch: Batch,
    _ objective: Objective
  ) throws(EngineError) {
    guard case .labels(let labels) = batch.targets, case .crossEntropy = objective else {
      throw .wrongTargets(got: "\(batch.targets) for \(objective)", expected: "labels")
    }
    weightGradientSum = [Float](repeating: 0, count: program.weight.count)
    biasGradientSum = [Float](repeating: 0, count: program.outputs)
    for (example, label) in zip(examples, labels) {
      let probabilities = Self.softmax(program.logits(example))
      lossSum -= Double(log(max(probabilities[label], .leastNormalMagnitude)))
      for (output, probability) in probabilities.enumerated() {
        let slope = probability - (output == label ? 1 : 0)
        biasGradientSum[output] += slope
        let start = output * program.inputs
        for (input, value) in example.enumerated() {
          weightGradientSum[start + input] += slope * value
        }
      }
    }
  }

  private static func softmax(_ logits: [Float]) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { exp($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension SoftmaxRegressionEngine.Program {
  func logits(_ example: [Float]) -> [Float] { zip(products(example), bias).map { $0 + $1 } }

  /// `W x`.
  func products(_ example: [Float]) -> [Float] {
    (0..<outputs).map { output in
      let start = output * inputs
      return example.indices.reduce(Float(0)) { $0 + weight[start + $1] * example[$1] }
    }
  }
}

extension [Float] {
  /// Adds element by element; an empty array stands for zeros.
  mutating func add(_ other: [Float]) {
    if isEmpty { self = [Float](repeating: 0, count: other.count) }
    for index in indices { self[index] += other[index] }
  }
}
