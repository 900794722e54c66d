package import PruneCore
package import PruneData
import PruneFeatures
import PrunePredictor
import PruneSurgery

/// Chooses masks for a network as it is when the selector is made, by a predictor or a criterion.
///
/// A predictor that reads the state of the selection chooses in passes (``IteratedSelection``); another one, and every
/// criterion, ranks once.
package struct MaskSelector<E: Engine> {
  package struct Selected {
    package let masks: MaskSet
    /// Gradients taken over a sample beyond the statistics; 0 where ranked once.
    package let gradientEvaluations: Int
    /// `nil` where θ was not refined.
    package var refinement: RefinementOutcome?
  }

  private let ranking: Ranking
  private let state: NetworkState
  private let seed: UInt64
  private let granularity: Granularity
  private let iterated: IteratedSelection<E>?
  /// Where whole units are cut out; scores are then taken of the session as it is when they are asked for.
  private let structured: StructuredPruning<E>?

  /// - Parameters:
  ///   - examples: the fit part; statistics and gradients are taken on samples of it.
  ///   - refinement: refines θ on `examples` with every selection; `nil` does not, and criteria have no θ.
  package init(
    _ ranking: Ranking, session: PruningSession<E>, fit examples: ExampleSet, objective: Objective,
    options: PruningOptions, selection: IteratedSelectionOptions = IteratedSelectionOptions(),
    refinement: RefinementOptions? = nil
  ) throws {
    self.ranking = ranking
    if case .predictor(let predictor, let name) = ranking, predictor.ranksUnits,
      !options.granularity.isStructural
    {
      throw ControllerError.structuralOnly(name)
    }
    seed = options.seed
    granularity = options.granularity
    structured =
      granularity.isStructural
      ? try StructuredPruning(
        ranking, session: session, fit: examples, objective: objective, options: options) : nil
    state = try session.state(
      structured == nil ? ranking.requiredStatistics() : [], on: examples,
      limit: options.calibrationExamples,
      batchSize: options.batchSize, objective: objective, seed: options.seed)
    guard structured == nil, case .predictor(let predictor, _) = ranking,
      predictor.readsState || refinement != nil
    else {
      iterated = nil
      return
    }
    let teach = try Self.teacher(for: objective, examples: examples, session: session)
    var passes = predictor.readsState ? selection : .once
    passes.granularity = options.granularity
    iterated = try IteratedSelection(
      by: predictor, against: passes.triesPrior ? LogisticPredictor.rival(of: predictor) : nil,
      of: state,
      sample: try SelectionSample(
        examples, options: passes, pieceSize: Self.pieceSize, seed: options.seed, teach: teach),
      engine: session.engine, program: try session.program, objective: objective,
      reestimatesNormalization: session.hasNormalization, options: passes,
      refinement: try refinement.map { refinement in
        SelectionRefinement(
          options: refinement,
          sample: try SelectionSample(
            examples, options: refinement.sampling, pieceSize: Self.pieceSize, seed: options.seed,
            holdsOut: true, teach: teach),
          cost: try RefinementCost(
            session, examples: examples, featureCount: predictor.featureNames.count))
      })
  }

  /// Masks that keep `density` of all prunable connections, or of the cost where whole units are cut out.
  package func select(keeping density: Double) throws -> Selected {
    if let structured {
      let rounds = structured.scoringRounds
      let masks = try structured.masks(keeping: density)
      return Selected(masks: masks, gradientEvaluations: structured.scoringRounds - rounds)
    }
    if let iterated {
      let outcome = try iterated.run(keeping: density)
      return Selected(
        masks: outcome.masks, gradientEvaluations: outcome.gradientEvaluations,
        refinement: outcome.refinement)
    }
    return Selected(masks: try masks(keeping: density), gradientEvaluations: 0)
  }

  private func masks(keeping density: Double) throws -> MaskSet {
    switch ranking {
    case .predictor(let predictor, _):
      let features = try FeatureExtraction(names: predictor.featureNames).prepare(state)
      if granularity == .element, state.connectionCosts == nil,
        let scorer = predictor.chunkScorer(for: features, targetDensity: density)
      {
        return try StreamedSelection(layers: state.layers, current: state.masks, scorer: scorer)
          .masks(keeping: density)
      }
      return try ElementRanking.masks(
        keeping: density, scores: predictor.scores(from: features, targetDensity: density),
        of: state, granularity: granularity, scale: .logOdds)
    case .units(let criterion):
      throw ControllerError.structuralOnly(criterion.rawValue)
    case .criterion(let criterion):
      let granularity = self.granularity == .element ? criterion.granularity : self.granularity
      guard criterion.granularity == .element || granularity == .channel else {
        throw ControllerError.structuralOnly(criterion.name)
      }
      let untouched = granularity == .channel ? state.layers.last.map { [$0.parameter] } : nil
      return try ElementRanking.masks(
        keeping: density, scores: criterion.saliencies(of: state, seed: seed), of: state,
        comparability: criterion.comparability, granularity: granularity,
        untouched: Set(untouched ?? []))
    }
  }

  /// Outputs of the dense network, where the objective compares with them.
  static func teacher(
    for objective: Objective, examples: ExampleSet, session: PruningSession<E>
  ) throws -> ([HostTensor]) throws -> [HostTensor]? {
    switch objective {
    case .crossEntropy: return { _ in nil }
    case .meanSquaredError where examples.hasTargets: return { _ in nil }
    case .meanSquaredError, .distillation:
      let engine = session.engine
      let dense = try engine.prepare(session.graph)
      return { try engine.run(dense, on: $0) }
    }
  }

  /// Examples per engine call.
  private static var pieceSize: Int { 250 }
}
