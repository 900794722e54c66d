public import ArgumentParser
import AutoPrune

extension Metric: ExpressibleByArgument {}

/// Options for the budget: largest loss of the metric, sparsity or cost.
struct BudgetArguments: ParsableArguments {
  @Option(
    help: "Points of the metric that may be lost on unseen data: 0.5 lets 98.2 % fall to 97.7 %.")
  var maxDrop: Double?

  @Option(help: "Fraction the metric may not fall below on unseen data.")
  var minMetric: Double?

  @Option(help: "Sparsity of the prunable weights, 0 ..< 1 (0.9 removes 90 %).")
  var sparsity: Double?

  @Option(
    help: ArgumentHelp(
      "Multiply–accumulates per example with a weight that is not zero: 200k, 1.5M, or 0.5x of the dense network's.",
      valueName: "limit"))
  var maxMacs: String?

  @Option(
    help: ArgumentHelp(
      "Bytes of the weights; of single weights those that are not zero, and a bit for each that could be. 200k or 0.5x.",
      valueName: "limit"))
  var maxBytes: String?

  @Option(
    help: ArgumentHelp(
      "Time per example on this machine, where whole units are cut out: 2ms or 0.5x.",
      valueName: "limit"))
  var maxLatency: String?

  @Option(help: "Confidence of the certificate, 0.5 ..< 1.")
  var confidence = 0.95

  @Option(
    help: "What is to be kept: accuracy, top5, mse, mae, perplexity or fidelity (needs no labels).")
  var metric: Metric = .accuracy

  func validate() throws {
    let limits = [maxMacs, maxBytes, maxLatency]
    guard
      [maxDrop, minMetric, sparsity].count(where: { $0 != nil })
        + limits.count(where: { $0 != nil }) <= 1
    else {
      throw ValidationError(
        "give one of --max-drop, --min-metric, --sparsity, --max-macs, --max-bytes and --max-latency, not several"
      )
    }
    do {
      _ = try budget
      guard (0.5..<1).contains(confidence) else {
        throw BudgetError.confidenceOutOfRange(confidence)
      }
    } catch { throw ValidationError("\(error)") }
  }

  /// The budget asked for; a drop of half a point where none is.
  var budget: Budget {
    get throws {
      for (objective, text) in [
        (CostObjective.macs, maxMacs), (.bytes, maxBytes), (.latency, maxLatency),
      ] {
        if let text { return .cost(objective, try CostLimit(text, of: objective)) }
      }
      if let sparsity { return .sparsity(try Sparsity(sparsity)) }
      if let minMetric {
        guard metric.takes(minMetric) else {
          throw BudgetError.metricOutOfRange(minMetric, metric)
        }
        return .metricBound(minMetric)
      }
      let points = maxDrop ?? 0.5
      guard points >= 0, points.isFinite else { throw BudgetError.negativeDrop(points) }
      return .maximumDrop(points: points)
    }
  }
}
