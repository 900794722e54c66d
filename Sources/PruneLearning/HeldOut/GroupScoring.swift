import PruneController
import PruneCore
import PruneData
import PrunePredictor
import PruneSelection
import PruneSurgery

/// Accuracy of the networks of one group right after pruning by each of several criteria; no weight changes.
struct GroupScoring {
  let criteria: [(name: String, criterion: PruningCriterion)]
  /// Shares removed.
  let sparsities: [Double]
  let options: PruningOptions

  /// - Returns: means over the networks, for every sparsity that a network can be pruned to.
  func scores<E: Engine>(
    group: String, on networks: [LearnableNetwork], engine: E
  ) throws -> [PresetCard.HeldOutScore] {
    try sparsities.compactMap { sparsity in
      var sums: [String: Double] = [:]
      var count = 0.0
      for network in networks {
        guard let metrics = try metrics(on: network, at: try Sparsity(sparsity), engine: engine)
        else { continue }
        sums.merge(metrics, uniquingKeysWith: +)
        count += 1
      }
      guard count > 0 else { return nil }
      return PresetCard.HeldOutScore(
        group: group, sparsity: sparsity, metrics: sums.mapValues { $0 / count })
    }
  }

  /// - Returns: by name; `nil` where the network cannot be pruned so far at this granularity.
  private func metrics<E: Engine>(
    on network: LearnableNetwork, at sparsity: Sparsity, engine: E
  ) throws -> [String: Double]? {
    // What was learned is judged by itself.
    var selection = IterativeSettings()
    selection.comparesWithPrior = false
    var metrics: [String: Double] = [:]
    for (name, criterion) in criteria {
      do {
        metrics[name] = try Sweep(engine: engine, criterion: criterion, options: options).run(
          network.graph, fit: network.fit, test: network.held, sparsities: [sparsity],
          selection: selection
        ).points.first?.metric
      } catch SelectionError.tooFew {
        return nil
      }
    }
    return metrics
  }

  /// Of one method over groups and sparsities.
  static func mean(_ method: String, _ scores: [PresetCard.HeldOutScore]) -> Double {
    let values = scores.compactMap { $0.metrics[method] }
    return values.reduce(0, +) / Double(max(values.count, 1))
  }
}
