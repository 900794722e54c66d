public import ArgumentParser
import AutoPrune

extension Metric: ExpressibleByArgument {}

/// Options for the budget: largest loss of the metric, sparsity or cost.
struct BudgetArguments: ParsableArguments {
  @Option(
    help: """
      Budget: largest drop of the metric on unseen data, in points; 0.5 lets 98.2 % fall to 97.7 %. Default: 0.5, \
      where no other budget is given.
      """)
  var maxDrop: Double?

  @Option(
    help: """
      Budget: bound that the metric keeps on unseen data, 0.97 for 97 %; for mse, mae and perplexity the largest \
      value.
      """)
  var minMetric: Double?

  @Option(help: "Budget: share of the prunable weights to prune, 0 ..< 1; 0.9 prunes 90 %.")
  var sparsity: Double?

  @Option(
    help: ArgumentHelp(
      """
      Budget: multiply–accumulates (MACs) per example, those with a zero weight not counted; 200k, 1.5M, or 0.5x \
      for half of the dense network's.
      """,
      valueName: "limit"))
  var maxMacs: String?

  @Option(
    help: ArgumentHelp(
      """
      Budget: bytes of the stored weights; without --granularity channel, head, layer or auto those of the nonzero \
      weights and a mask bit for every weight. 200k, or 0.5x for half of the dense network's.
      """,
      valueName: "limit"))
  var maxBytes: String?

  @Option(
    help: ArgumentHelp(
      """
      Budget: time per example on this machine, 2ms, or 0.5x for half of the dense network's; needs --granularity \
      channel, head, layer or auto.
      """,
      valueName: "limit"))
  var maxLatency: String?

  @Option(
    help: """
      Confidence of the certificate that the drop on unseen data stays within the budget, 0.5 ..< 1; a higher one \
      needs more examples.
      """)
  var confidence = 0.95

  @Option(
    help: """
      Score that the budget is about: accuracy, top5 (the right class among the five likeliest), mse, mae, perplexity, \
      or fidelity, the agreement with the dense network's predictions, which needs no labels.
      """)
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
