package import PruneCore
package import PruneData
package import PruneFeatures
import PrunePredictor
import PruneSelection
package import PruneSession

/// Optimises a mask directly, weights frozen: one score per weight descends the loss of the network that keeps the highest
/// scores, with a straight-through gradient of the selection.
///
/// It has as many parameters as the network. So it shows a bound that no predictor of a few parameters is expected to reach,
/// and which weights a good mask keeps; it explains nothing and does not transfer to another network.
///
/// - Source: Ramanujan et al., *What's Hidden in a Randomly Weighted Neural Network?*, 2020,
///   [arXiv:1911.13299](https://arxiv.org/abs/1911.13299), §3.2 (edge-popup), on trained weights, with Adam.
package struct StraightThroughSearch<E: Engine> {
  /// Constants of the search, all chosen by hand.
  package struct Options: Hashable, Sendable {
    /// Number of gradient steps.
    package var steps = 300
    /// Number of examples per gradient step.
    package var examplesPerStep = 250
    /// Largest change of a score per step, in standard deviations of the starting scores; falls to a tenth.
    package var learningRate = 0.05
    /// Number of steps between two measurements of the held-out loss.
    package var judgingInterval = 20
    /// Number of examples that the held-out loss is measured on.
    package var validationExamples = 2_000

    package init() {}
  }

  private let network: NetworkState
  private let sample: SelectionSample
  private let options: Options
  private let makeRunner: ([Batch]) -> MaskedRunner<E>

  /// - Parameters:
  ///   - network: current weights of the session's program.
  ///   - session: session whose program is searched.
  ///   - examples: training part; at most a quarter is held out.
  ///   - objective: loss that is minimised.
  ///   - seed: seed of the samples.
  ///   - options: constants of the search.
  package init(
    of network: NetworkState, session: PruningSession<E>, fit examples: ExampleSet,
    objective: Objective, seed: UInt64, options: Options = Options()
  ) throws {
    self.network = network
    self.options = options
    var sampling = IterativeSettings()
    sampling.examplesPerPass = options.examplesPerStep
    sampling.validationExamples = options.validationExamples
    sample = try SelectionSample(
      examples, options: sampling, pieceSize: 250, seed: seed, holdsOut: true,
      teacher: try SelectionSample.teacher(for: objective, examples: examples, session: session))
    let reestimates = session.hasNormalization
    let program = try session.program
    makeRunner = { batches in
      MaskedRunner(
        engine: session.engine, program: program, state: network, batches: batches,
        objective: objective, reestimatesNormalization: reestimates)
    }
  }

  /// Searches from `start`; the program has the weights of the network again afterwards.
  ///
  /// - Parameter start: masks to begin with; the scores of weights that they keep begin 1 above the others, all ordered by
  ///   magnitude within their layer.
  /// - Returns: masks with the lowest loss on the held-out examples, `start` among the candidates.
  package func run(from start: MaskSet) throws -> MaskSet {
    let judge = makeRunner(sample.judging)
    let found = Result { try search(from: start, judge: judge) }
    try judge.restore()
    return try found.get()
  }

  private func search(from start: MaskSet, judge: MaskedRunner<E>) throws -> MaskSet {
    let masks = network.layers.map { start[$0.parameter] ?? Mask(keepingAll: $0.count) }
    let keptCount = masks.reduce(0) { $0 + $1.keptCount }
    let density = Double(keptCount) / Double(max(1, network.weightCount))
    var scores = startingScores(masks)
    var best = (
      masks: start, loss: try judge.loss(softMask: masks.map { $0.kept.map { $0 ? 1 : 0 } })
    )
    var descent = AdamDescent(parameterCount: scores.count)
    for step in 1...max(1, options.steps) {
      let layered = split(scores)
      let softMask = HardSelection.softMask(
        scores: layered, masks: network.masks, keptCount: keptCount)
      let runner = makeRunner(try sample.batches(pass: step))
      let gradient = try runner.lossAndGradient(softMask: softMask).gradients
      let decay = 1 - 0.9 * Double(step) / Double(options.steps)
      descent.step(
        &scores, gradient: gradient.flatMap { $0.map { Double($0) } },
        rate: options.learningRate * decay)
      guard step.isMultiple(of: options.judgingInterval) || step == options.steps else { continue }
      let candidate = try ElementRanking.masks(
        keeping: density, scores: split(scores), of: network)
      let loss = try judge.loss(
        softMask: network.layers.map { layer in
          candidate[layer.parameter]?.kept.map { $0 ? 1 : 0 } ?? []
        })
      if loss < best.loss { best = (candidate, loss) }
    }
    return best.masks
  }

  private func startingScores(_ masks: [Mask]) -> [Double] {
    zip(network.weights, masks).flatMap { weights, mask in
      let mean = weights.reduce(0.0) { $0 + Double($1.magnitude) } / Double(max(1, weights.count))
      return zip(weights, mask.kept).map { weight, isKept in
        (isKept ? 1 : 0) + 0.5 * min(2, Double(weight.magnitude) / max(mean, 1e-30))
      }
    }
  }

  /// Scores by layer, `[layers][weights]`.
  private func split(_ scores: [Double]) -> [[Float]] {
    var first = 0
    return network.layers.map { layer in
      defer { first += layer.count }
      return scores[first..<first + layer.count].map { Float($0) }
    }
  }
}
