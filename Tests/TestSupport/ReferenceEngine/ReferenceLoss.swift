import Foundation
import PruneCore

/// Loss of the first output and its gradient there.
struct ReferenceLoss {
  let objective: Objective

  /// - Parameters:
  ///   - output: logits for cross-entropy and distillation.
  ///   - examples: over which the mean is taken.
  func value(
    _ output: HostTensor, batch: Batch
  ) throws(EngineError) -> (loss: Double, gradient: [Float]) {
    let values = output.floats ?? []
    let width = max(output.shape.last ?? 1, 1)
    switch objective {
    case .crossEntropy(let smoothing):
      guard case .labels(let labels) = batch.targets else {
        throw .wrongTargets(got: "no labels", expected: "a class per example")
      }
      return try crossEntropy(values, width: width, labels: labels, smoothing: smoothing)
    case .meanSquaredError:
      var wanted = batch.teacher?.first?.floats
      if case .values(let tensor) = batch.targets { wanted = tensor.floats }
      guard let wanted, wanted.count == values.count else {
        throw .wrongTargets(got: "\(wanted?.count ?? 0) values", expected: "\(output.shape)")
      }
      let scale = 1 / Float(max(values.count, 1))
      var loss = 0.0
      var gradient = values
      for index in values.indices {
        let difference = values[index] - wanted[index]
        loss += Double(difference * difference)
        gradient[index] = 2 * difference * scale
      }
      return (loss * Double(scale), gradient)
    case .distillation(let temperature, let labelWeight):
      return try distillation(
        values, width: width, batch: batch, temperature: temperature, labelWeight: labelWeight)
    }
  }

  private func crossEntropy(
    _ logits: [Float], width: Int, labels: [Int], smoothing: Float
  ) throws(EngineError) -> (loss: Double, gradient: [Float]) {
    let rows = logits.count / width
    guard labels.count == rows, labels.allSatisfy({ (0..<width).contains($0) }) else {
      throw .wrongTargets(
        got: "\(labels.count) labels up to \(labels.max() ?? 0)",
        expected: "\(rows) labels in 0 ..< \(width)")
    }
    let logarithms = Rows.logSoftmax(logits, width: width)
    var gradient = logarithms.map { exp($0) }
    var loss = 0.0
    for row in 0..<rows {
      for column in 0..<width {
        let wanted = (column == labels[row] ? 1 - smoothing : 0) + smoothing / Float(width)
        loss -= Double(wanted * logarithms[row * width + column])
        gradient[row * width + column] -= wanted
      }
    }
    return (loss / Double(rows), gradient.map { $0 / Float(rows) })
  }

  private func distillation(
    _ logits: [Float], width: Int, batch: Batch, temperature: Float, labelWeight: Float
  ) throws(EngineError) -> (loss: Double, gradient: [Float]) {
    guard let teacher = batch.teacher?.first?.floats, teacher.count == logits.count else {
      throw .wrongTargets(got: "no teacher outputs", expected: "\(logits.count) teacher outputs")
    }
    let rows = Float(logits.count / width)
    let wanted = Rows.logSoftmax(teacher, width: width, temperature: temperature)
    let got = Rows.logSoftmax(logits, width: width, temperature: temperature)
    var loss = 0.0
    var gradient = got
    for index in got.indices {
      let probability = exp(wanted[index])
      loss += Double(probability * (wanted[index] - got[index]) * temperature * temperature / rows)
      gradient[index] = (exp(got[index]) - probability) * temperature / rows
    }
    if labelWeight > 0, case .labels(let labels) = batch.targets {
      let (more, labelGradient) = try crossEntropy(
        logits, width: width, labels: labels, smoothing: 0)
      loss += Double(labelWeight) * more
      for index in gradient.indices { gradient[index] += labelWeight * labelGradient[index] }
    }
    return (loss, gradient)
  }
}
