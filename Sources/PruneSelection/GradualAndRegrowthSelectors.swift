package import PruneCore
package import PruneData
import PruneFeatures
package import PruneSession
import PruneSurgery

/// Selects masks for gradual pruning: repeatedly while the network trains, each time among the kept weights.
///
/// - Source: gradual pruning as in Zhu & Gupta, *To prune, or not to prune*, 2017,
///   [arXiv:1710.01878](https://arxiv.org/abs/1710.01878), §3.
package struct GradualSelector<E: Engine>: MaskSelector {
  private let criterion: PruningCriterion
  private let isCostly: Bool
  private let makeSelector: () throws -> any MaskSelector

  /// - Parameters:
  ///   - criterion: pruning criterion.
  ///   - isCostly: `true` where a selection takes gradients or statistics beyond those that the criterion requires.
  ///   - makeSelector: makes a selector by that criterion for the current network.
  init(
    by criterion: PruningCriterion, isCostly: Bool,
    _ makeSelector: @escaping () throws -> any MaskSelector
  ) {
    self.criterion = criterion
    self.isCostly = isCostly
    self.makeSelector = makeSelector
  }

  /// Source of the scores.
  package var selectedBy: SelectionSource { criterion.source }

  /// Number of optimizer steps between two prunings; larger where a pruning needs statistics over examples.
  package func interval(stepsPerEpoch: Int) throws -> Int {
    let isCostly = try self.isCostly || !criterion.requiredStatistics().isEmpty
    return max(1, stepsPerEpoch / (isCostly ? Self.costlyPruningsPerEpoch : Self.pruningsPerEpoch))
  }

  package func select(keeping density: Double) throws -> SelectedMasks {
    try makeSelector().select(keeping: density)
  }

  /// Prunings per epoch by scores of weights and optimizer state alone; chosen by hand.
  private static var pruningsPerEpoch: Int { 16 }
  /// Prunings per epoch where each needs statistics over examples; chosen by hand.
  private static var costlyPruningsPerEpoch: Int { 4 }
}

/// Regrows pruned weights of a fine-tuned network, at zero: those with the largest gradients of the loss.
///
/// - Source: growth by the gradient's magnitude as in Evci et al., *Rigging the Lottery*, 2020,
///   [arXiv:1911.11134](https://arxiv.org/abs/1911.11134), §3, here over all layers together.
package struct RegrowthSelector<E: Engine>: MaskSelector {
  private let session: PruningSession<E>
  private let examples: ExampleSet
  private let objective: Objective
  private let options: PruningOptions

  /// - Parameters:
  ///   - examples: training part; gradients are taken on a sample of it.
  ///   - objective: loss of the gradients.
  package init(
    session: PruningSession<E>, fit examples: ExampleSet, objective: Objective,
    options: PruningOptions
  ) {
    self.session = session
    self.examples = examples
    self.objective = objective
    self.options = options
  }

  /// Masks with all kept weights and as many regrown ones as make up `density`.
  package func select(keeping density: Double) throws -> SelectedMasks {
    let state = try session.state(
      .gradient, on: examples, limit: options.calibrationExamples, batchSize: options.batchSize,
      objective: objective, seed: options.seed)
    let scores = zip(state.layers, state.statistics).map { layer, statistics in
      let present = session.masks[layer.parameter]
      return statistics.gradientSum.indices.map { index in
        present?.kept[index] ?? true ? Float.infinity : abs(statistics.gradientSum[index])
      }
    }
    var whole = NetworkState(layers: state.layers, weights: state.weights)
    whole.weightCosts = state.weightCosts
    whole.costExponent = state.costExponent
    return SelectedMasks(
      masks: try ElementRanking.masks(
        keeping: density, scores: scores, of: whole, granularity: options.granularity),
      selectedBy: .criterion("gradient"))
  }
}
