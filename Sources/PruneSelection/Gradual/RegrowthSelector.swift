package import PruneCore
package import PruneData
import PruneFeatures
package import PruneSession
import PruneSurgery

/// Gives removed connections back to a network that was tuned without them: those whose return, at zero, would lower the
/// loss the fastest.
///
/// - Source: growth by the gradient's magnitude as in Evci et al., *Rigging the Lottery*, 2020,
///   [arXiv:1911.11134](https://arxiv.org/abs/1911.11134), §3, here over all layers together.
package struct RegrowthSelector<E: Engine>: MaskSelector {
  private let session: PruningSession<E>
  private let examples: ExampleSet
  private let objective: Objective
  private let options: PruningOptions

  /// - Parameters:
  ///   - examples: of the training part; gradients are taken on a sample of it.
  ///   - objective: loss that the gradients are of.
  package init(
    session: PruningSession<E>, fit examples: ExampleSet, objective: Objective,
    options: PruningOptions
  ) {
    self.session = session
    self.examples = examples
    self.objective = objective
    self.options = options
  }

  /// Masks that hold all present weights and as many more as make up `density`.
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
