import Foundation
import PruneCore

/// Computes the contributions of examples to a metric from one batch of outputs.
struct OutputScore {
  let metric: Metric
  let kind: OutputKind
  /// Meaning of the outputs, for `fidelity`.
  var meaning = OutputMeaning.classes
  /// Root mean square of the L2 norms of the dense network's outputs over the data; lower limit of the scale of
  /// relative errors, so that outputs near 0 need no smaller absolute error than others.
  var typicalNorm = 0.0
  /// Position of the batch's first example in the data, for messages.
  var firstExample = 0

  /// Contributions of one batch, `[N]`, or one per position for sequences.
  ///
  /// - Parameter dense: reference outputs of the batch, for `fidelity`.
  /// - Throws: ``TrainingError``.
  func contributions(
    of output: HostTensor, targets: Batch.Targets, dense: HostTensor?
  ) throws -> [Float] {
    guard let values = output.floats, let count = output.shape.first else {
      throw TrainingError.noOutput
    }
    if let bad = values.firstIndex(where: { !$0.isFinite }) {
      throw TrainingError.nonFiniteOutput(
        example: firstExample + bad / max(1, values.count / max(1, count)))
    }
    switch metric {
    case .accuracy: return try classified(values, output.shape, targets, within: 1)
    case .top5: return try classified(values, output.shape, targets, within: 5)
    case .perplexity: return try negativeLogLikelihood(values, output.shape, targets)
    case .mse: return try errors(values, count, targets) { $0 * $0 }
    case .mae: return try errors(values, count, targets) { abs($0) }
    case .fidelity:
      guard let reference = dense?.floats, reference.count == values.count else {
        throw TrainingError.noOutput
      }
      switch meaning {
      case .classes: return sameClass(values, reference, output.shape)
      case .values: return closeness(values, reference, count)
      }
    }
  }

  /// Number of rows and classes of class scores; `[N, C]`, `[N, T, C]` and `[N, C, 1, 1]` are all read as `[rows, C]`.
  static func rows(_ shape: [Int]) -> (count: Int, classes: Int) {
    var trimmed = shape
    while trimmed.count > 2, trimmed.last == 1 { trimmed.removeLast() }
    let classes = trimmed.count > 1 ? trimmed[trimmed.count - 1] : 1
    return (classes == 0 ? 0 : shape.reduce(1, *) / classes, classes)
  }

  /// Checked labels, one per row.
  private func labels(_ targets: Batch.Targets, rows: Int, classes: Int) throws -> [Int] {
    guard case .labels(let labels) = targets else {
      throw TrainingError.missingLabels(metric: metric)
    }
    guard labels.count == rows else {
      throw TrainingError.labelCount(got: labels.count, expected: rows)
    }
    if let row = labels.firstIndex(where: { !(0..<classes).contains($0) }) {
      throw TrainingError.labelOutOfRange(
        row: firstExample + row, label: labels[row], classes: classes)
    }
    return labels
  }

  /// 1 for each row whose label is among the `limit` highest-scored classes, 0 otherwise.
  private func classified(
    _ values: [Float], _ shape: [Int], _ targets: Batch.Targets, within limit: Int
  ) throws -> [Float] {
    let (count, classes) = Self.rows(shape)
    let labels = try labels(targets, rows: count, classes: classes)
    return (0..<count).map { row in
      let label = labels[row]
      let wanted = values[row * classes + label]
      // A tie counts against the network unless the label comes first, as argmax would decide.
      var better = 0
      for other in 0..<classes {
        let value = values[row * classes + other]
        if value > wanted || (value == wanted && other < label) { better += 1 }
      }
      return better < limit ? 1 : 0
    }
  }

  /// Negative log-likelihood of each row's label, in nats.
  private func negativeLogLikelihood(
    _ values: [Float], _ shape: [Int], _ targets: Batch.Targets
  ) throws -> [Float] {
    let (count, classes) = Self.rows(shape)
    let labels = try labels(targets, rows: count, classes: classes)
    return (0..<count).map { row in
      let scores = values[row * classes..<(row + 1) * classes]
      let wanted = scores[scores.startIndex + labels[row]]
      switch kind {
      case .probabilities, .activations: return -log(max(wanted, .leastNormalMagnitude))
      case .logProbabilities: return -wanted
      case .logits:
        let top = scores.max() ?? 0
        return log(scores.reduce(0) { $0 + exp($1 - top) }) + top - wanted
      }
    }
  }

  /// Mean of `measure` over the differences of each example's outputs to its targets.
  private func errors(
    _ values: [Float], _ count: Int, _ targets: Batch.Targets, _ measure: (Float) -> Float
  ) throws -> [Float] {
    guard case .values(let tensor) = targets, let wanted = tensor.floats else {
      throw TrainingError.missingLabels(metric: metric)
    }
    guard wanted.count == values.count else {
      throw TrainingError.labelCount(got: wanted.count, expected: values.count)
    }
    let width = values.count / max(1, count)
    return (0..<count).map { row in
      (row * width..<(row + 1) * width).reduce(0) { $0 + measure(values[$1] - wanted[$1]) }
        / Float(max(1, width))
    }
  }

  /// 1 for each row with the same highest-scored class as the dense network's, 0 otherwise.
  private func sameClass(_ values: [Float], _ dense: [Float], _ shape: [Int]) -> [Float] {
    let (count, classes) = Self.rows(shape)
    return (0..<count).map { row in
      let range = row * classes..<(row + 1) * classes
      return Self.argmax(values[range]) == Self.argmax(dense[range]) ? 1 : 0
    }
  }

  /// `1 − ‖y − y′‖₂ / max(‖y‖₂, typical norm)` per example, at least 0; `y` are the dense network's outputs.
  private func closeness(_ values: [Float], _ dense: [Float], _ count: Int) -> [Float] {
    let width = values.count / max(1, count)
    return (0..<count).map { example in
      var (error, norm) = (0.0, 0.0)
      for index in example * width..<(example + 1) * width {
        let difference = Double(values[index]) - Double(dense[index])
        error += difference * difference
        norm += Double(dense[index]) * Double(dense[index])
      }
      let scale = max(norm.squareRoot(), typicalNorm, 1e-6)
      return Float(max(0, 1 - error.squareRoot() / scale))
    }
  }

  /// Root mean square of the outputs' L2 norms per example; see ``typicalNorm``.
  static func typicalNorm(of outputs: [HostTensor]) -> Double {
    let examples = outputs.reduce(0) { $0 + ($1.shape.first ?? 0) }
    let squares = outputs.reduce(0.0) { sum, output in
      (output.floats ?? []).reduce(sum) { $0 + Double($1) * Double($1) }
    }
    return (squares / Double(max(1, examples))).squareRoot()
  }

  /// Position of the largest value, the first of equal ones.
  static func argmax(_ values: ArraySlice<Float>) -> Int {
    var best = values.startIndex
    for index in values.indices where values[index] > values[best] { best = index }
    return best - values.startIndex
  }
}
