/// Failure to evaluate or train a network on its data.
public enum TrainingError: Error, Hashable, CustomStringConvertible {
  /// Missing first output of floating-point numbers, or missing reference outputs.
  case noOutput
  /// NaN or infinity in the outputs; `example` counts from 0 in the data.
  case nonFiniteOutput(example: Int)
  /// Data without the classes or values that the metric needs.
  case missingLabels(metric: Metric)
  /// A number of targets that differs from that of output rows.
  case labelCount(got: Int, expected: Int)
  /// A label beyond the width of the output; `row` counts from 0 in the data.
  case labelOutOfRange(row: Int, label: Int, classes: Int)
  /// The loss of a training became NaN or infinite; `step` counts from 1.
  case diverged(step: Int, learningRate: Float)
  /// A training checkpoint of another model, data set or plan.
  case foreignCheckpoint(path: String, reason: String)

  public var description: String {
    switch self {
    case .noOutput:
      "the graph has no floating-point first output to score; check `autoprune inspect`"
    case .nonFiniteOutput(let example):
      "the network puts out NaN or infinity for example \(example); check the input scaling (--mean, --std, --raw)"
    case .missingLabels(let metric):
      "metric \(metric.rawValue) needs targets, and the data has none of that kind; add them or use --metric fidelity"
    case .labelCount(let got, let expected):
      "\(got) targets for \(expected) outputs; the data must hold one target per output row"
    case .labelOutOfRange(let row, let label, let classes):
      "label \(label) of row \(row) is out of range, expected 0 ..< \(classes), the width of the model's output; is this the model's data set?"
    case .diverged(let step, let learningRate):
      "the loss became NaN or infinite at step \(step) with learning rate \(learningRate); use a smaller --learning-rate"
    case .foreignCheckpoint(let path, let reason):
      "cannot resume from '\(path)': \(reason); remove it to start anew"
    }
  }
}
