import PruneCompensation
import PruneCore
import PruneData
import PruneSelection
import PruneSession
import PruneTraining

/// Place of a pruning in the run: whether training follows it.
enum PruningPhase {
  /// Final pruning, no training follows: θ is adapted to the network, and the kept weights compensate for the pruned ones.
  case final
  /// The network is fine-tuned afterwards, which undoes the gains of adaptation and compensation; neither is done.
  case beforeTuning
}

extension PruningRun {
  /// Phase of prunings in this run unless a search says otherwise.
  var usualPhase: PruningPhase { options.fineTuneEpochs == 0 ? .final : .beforeTuning }

  /// Prunes the current network to `density`.
  ///
  /// - Parameters:
  ///   - density: share to keep in the run's ``SizeMeasure``.
  ///   - phase: whether training follows.
  ///   - passes: constants of an iterative selection.
  ///   - adaptation: adaptation of θ within the rest of its compute budget; `nil` for none.
  /// - Throws: `SelectionError.tooFew` where so few weights would empty a layer.
  func prune(
    to density: Double, _ phase: PruningPhase, passes: IterativeSettings = IterativeSettings(),
    adaptation: AdaptationOptions? = nil
  ) throws {
    let spent: SelectionCost
    if options.compensation != .none, phase == .final {
      // Every stage is a journal step of its own: later prunings start from stages of earlier ones.
      let record = try compensator().prune(
        from: self.density, to: density, adaptation: adaptation, isOutOfTime: { isOutOfTime })
      spent = SelectionCost(
        selectedBy: record.selectedBy, gradientEvaluations: record.gradientEvaluations,
        adaptationComputeSeconds: record.adaptationComputeSeconds,
        adaptationSeconds: record.adaptationSeconds,
        adaptationsCutShort: record.adaptationsCutShort, compensation: record)
    } else {
      spent = try pruneOnce(to: density, passes: passes, adaptation: adaptation)
    }
    if let record = spent.compensation {
      compensationRecord = (compensationRecord ?? CompensationRecord()) + record
    }
    selectedBy = spent.selectedBy ?? selectedBy
    gradientEvaluations += spent.gradientEvaluations
    adaptationComputeSeconds += spent.adaptationComputeSeconds
    adaptationSeconds += spent.adaptationSeconds
    if spent.adaptationsCutShort > 0 { warnOfAdaptationCutShort() }
  }

  /// Prunes like ``prune(to:_:passes:adaptation:)``; returns `false`, the network unchanged, where so few weights would
  /// empty a layer.
  func pruneIfPossible(
    to density: Double, _ phase: PruningPhase, passes: IterativeSettings = IterativeSettings(),
    adaptation: AdaptationOptions? = nil
  ) throws -> Bool {
    do {
      try prune(to: density, phase, passes: passes, adaptation: adaptation)
      return true
    } catch SelectionError.tooFew {
      return false
    }
  }

  /// Prunes in one step; the kept weights are unchanged.
  private func pruneOnce(
    to density: Double, passes: IterativeSettings, adaptation: AdaptationOptions?
  ) throws -> SelectionCost {
    try session.change(
      "prune", "to \(density) by \(passes), adapted by \(adaptation.map { "\($0)" } ?? "none")"
    ) {
      let selected = try choice.finalSelector(passes, adapting: adaptation)
        .select(keeping: density)
      try session.apply(selected.masks)
      if session.hasNormalization {
        try session.reestimateNormalization(on: examples, options: options)
      }
      return SelectionCost(
        selectedBy: selected.selectedBy, gradientEvaluations: selected.gradientEvaluations,
        adaptationComputeSeconds: selected.adaptation?.computeBudgetSeconds ?? 0,
        adaptationSeconds: selected.adaptation?.wallSeconds ?? 0,
        adaptationsCutShort: selected.adaptation?.isCutShort == true ? 1 : 0, compensation: nil)
    }
  }

  /// Source and cost of a selection, as the journal stores it.
  private struct SelectionCost: Codable {
    let selectedBy: SelectionSource?
    let gradientEvaluations: Int
    let adaptationComputeSeconds: Double
    let adaptationSeconds: Double
    let adaptationsCutShort: Int
    let compensation: CompensationRecord?
  }

  private func compensator() throws -> CompensatedPruning<E> {
    if let compensation { return compensation }
    let made = try CompensatedPruning(choice)
    compensation = made
    return made
  }

  /// Adaptation of θ for one more final selection; `nil` where its compute budget is spent, where training follows, or where
  /// the pruning criterion is no predictor.
  ///
  /// - Parameter share: largest share of the whole compute budget that this selection may take.
  func adaptation(share: Double = 1, _ phase: PruningPhase) -> AdaptationOptions? {
    guard phase == .final, var adaptation = options.adaptation, case .predictor = choice.criterion
    else { return nil }
    let left = adaptation.computeBudgetSeconds - adaptationComputeSeconds
    guard left > 0 else { return nil }
    let leftSeconds = adaptation.limitSeconds - adaptationSeconds
    guard leftSeconds > 0 else {
      warnOfAdaptationCutShort()
      return nil
    }
    adaptation.computeBudgetSeconds = min(left, share * adaptation.computeBudgetSeconds)
    adaptation.limitSeconds = min(leftSeconds, share * adaptation.limitSeconds)
    return adaptation
  }

  private func warnOfAdaptationCutShort() {
    progress(
      .warning("adapting θ was ended by the clock; a repeated run may prune other weights"))
  }

  /// Chooses the exponent of a weight's cost beside its score, where costs differ: scores are no losses, so that importance
  /// per cost can empty costly layers that the network needs.
  ///
  /// Each candidate exponent prunes the dense network once and is evaluated on the validation part.
  func chooseCostExponent(at density: Double) throws {
    guard let costs = session.weightCosts, let first = costs.first,
      costs.contains(where: { $0 != first }), !options.granularity.isPattern
    else { return }
    var best: (value: Double, exponent: Double)?
    for exponent in policy.costExponents where !isOutOfTime {
      try restoreDense()
      session.costExponent = exponent
      do {
        _ = try pruneOnce(to: density, passes: IterativeSettings(), adaptation: nil)
      } catch SelectionError.tooFew { continue }
      let drop = try evaluate().dropPoints(from: dense)
      if drop < best?.value ?? .infinity { best = (drop, exponent) }
    }
    session.costExponent = best?.exponent ?? 0
    try restoreDense()
  }
}
