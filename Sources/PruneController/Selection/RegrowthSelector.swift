import PruneCore
import PruneData
import PruneFeatures
import PruneSurgery

/// Gives removed connections back to a network that was tuned without them: those whose return, at zero, would lower the
/// loss the fastest.
///
/// - Source: growth by the gradient's magnitude as in Evci et al., *Rigging the Lottery*, 2020,
///   [arXiv:1911.11134](https://arxiv.org/abs/1911.11134), §3, here over all layers together.
struct RegrowthSelector<E: Engine> {
  let session: PruningSession<E>
  let fit: ExampleSet
  let objective: Objective
  let options: PruningOptions

  /// Masks that hold all present connections and as many more as make up `density`.
  func select(keeping density: Double) throws -> MaskSet {
    let state = try session.state(
      .gradient, on: fit, limit: options.calibrationExamples, batchSize: options.batchSize,
      objective: objective, seed: options.seed)
    let scores = zip(state.layers, state.statistics).map { layer, statistics in
      let present = session.masks[layer.parameter]
      return statistics.gradientSum.indices.map { index in
        present?.kept[index] ?? true ? Float.infinity : abs(statistics.gradientSum[index])
      }
    }
    var whole = NetworkState(layers: state.layers, weights: state.weights)
    whole.connectionCosts = state.connectionCosts
    whole.costExponent = state.costExponent
    return try ElementRanking.masks(
      keeping: density, scores: scores, of: whole, granularity: options.granularity)
  }
}
