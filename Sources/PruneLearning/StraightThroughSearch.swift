package import PruneCore
package import PruneData
package import PruneFeatures
import PrunePredictor
import PruneSelection
package import PruneSession

/// Optimises a mask directly, weights frozen: a score per connection descends the loss of the network that keeps the
/// highest scores, the gradient going straight through the selection.
///
/// It has as many parameters as the network, so that it tells what no predictor of a few numbers is expected to reach, and
/// which connections a good mask holds; it explains nothing and carries over to no other network.
///
/// - Source: Ramanujan et al., *What's Hidden in a Randomly Weighted Neural Network?*, 2020,
///   [arXiv:1911.13299](https://arxiv.org/abs/1911.13299), §3.2 (edge-popup), on trained weights, with Adam.
package struct StraightThroughSearch<E: Engine> {
  package struct Options: Hashable, Sendable {
    package var steps = 300
    package var examplesPerStep = 250
    /// Largest change of a score per step, in standard deviations of the starting scores; falls to a tenth.
    package var learningRate = 0.05
    /// Steps between two judgements.
    package var judgingInterval = 20
    package var validationExamples = 2_000

    package init() {}
  }

  private let network: NetworkState
  private let sample: SelectionSample
  private let options: Options
  private let makeRunner: ([Batch]) -> MaskedRunner<E>

  /// - Parameters:
  ///   - network: current weights of the session's program.
  ///   - examples: the fit part; a quarter at most is held out to judge by.
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

  /// - Parameter start: masks to go on from; connections they keep begin one standard deviation above the rest, all
  ///   ordered by magnitude within their layer.
  /// - Returns: the masks with the lowest loss on the examples held out, `start` among them; the program has the weights of
  ///   the network again.
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

  private func split(_ scores: [Double]) -> [[Float]] {
    var first = 0
    return network.layers.map { layer in
      defer { first += layer.count }
      return scores[first..<first + layer.count].map { Float($0) }
    }
  }
}
