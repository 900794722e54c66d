import PruneCore
import PruneData
import PruneSurgery

extension PruningRun {
  /// Prunes the current state to `density` by scores taken from it now.
  ///
  /// - Parameter refinement: of θ, within what is left of its seconds.
  func prune(
    to density: Double, selection: IteratedSelectionOptions = IteratedSelectionOptions(),
    refinement: RefinementOptions? = nil
  ) throws {
    let spent: SelectionCost
    if options.compensation != .none, prunesForGood {
      // Every stage is a step of its own: later prunings start from stages of earlier ones.
      let record = try compensator().prune(
        from: self.density, to: density, refinement: refinement, isOutOfTime: { isOutOfTime })
      spent = SelectionCost(
        gradientEvaluations: record.gradientEvaluations,
        refinementNominalSeconds: record.refinementNominalSeconds,
        refinementSeconds: record.refinementSeconds,
        refinementsCutShort: record.refinementsCutShort, compensation: record)
    } else {
      spent = try pruneOnce(to: density, selection: selection, refinement: refinement)
    }
    if let record = spent.compensation {
      compensationRecord = (compensationRecord ?? CompensationRecord()) + record
    }
    gradientEvaluations += spent.gradientEvaluations
    refinementNominalSeconds += spent.refinementNominalSeconds
    refinementSeconds += spent.refinementSeconds
    if spent.refinementsCutShort > 0 { warnOfRefinementCutShort() }
  }

  /// Prunes in one step, with nothing done to the weights that stay.
  func pruneOnly(to density: Double) throws {
    _ = try pruneOnce(to: density, selection: IteratedSelectionOptions(), refinement: nil)
  }

  private func pruneOnce(
    to density: Double, selection: IteratedSelectionOptions, refinement: RefinementOptions?
  ) throws -> SelectionCost {
    try session.change(
      "prune", "to \(density) by \(selection), refined by \(refinement.map { "\($0)" } ?? "none")"
    ) {
      let selector = try MaskSelector(
        ranking, session: session, fit: fit, objective: tuner.labelObjective,
        options: options, selection: selection, refinement: refinement)
      let selected = try selector.select(keeping: density)
      try session.apply(selected.masks)
      if session.hasNormalization {
        try session.reestimateNormalization(on: fit, options: options)
      }
      return SelectionCost(
        gradientEvaluations: selected.gradientEvaluations,
        refinementNominalSeconds: selected.refinement?.nominalSeconds ?? 0,
        refinementSeconds: selected.refinement?.wallSeconds ?? 0,
        refinementsCutShort: selected.refinement?.isCutShort == true ? 1 : 0, compensation: nil)
    }
  }

  /// What a selection took.
  private struct SelectionCost: Codable {
    let gradientEvaluations: Int
    let refinementNominalSeconds: Double
    let refinementSeconds: Double
    let refinementsCutShort: Int
    let compensation: CompensationRecord?
  }

  /// Made once: it holds the dense network and what stages it has reached.
  private func compensator() throws -> CompensatedPruning<E> {
    if let compensation { return compensation }
    let made = try CompensatedPruning(
      ranking, session: session, fit: fit, objective: tuner.labelObjective, options: options)
    compensation = made
    return made
  }

  /// `density`, or that of one connection per layer where it is less.
  func attainable(_ density: Double) -> Double {
    if let costs { return max(density, costs.leastDensity) }
    let connections = session.layers.reduce(0) { $0 + $1.count }
    return max(density, Double(session.layers.count) / Double(max(1, connections)))
  }

  /// As ``prune(to:)``, but `false`, and nothing changed, where so few connections would empty a layer.
  func pruneIfPossible(
    to density: Double, selection: IteratedSelectionOptions = IteratedSelectionOptions(),
    refinement: RefinementOptions? = nil
  ) throws -> Bool {
    do {
      try prune(to: density, selection: selection, refinement: refinement)
      return true
    } catch SelectionError.tooFew {
      return false
    }
  }

  /// How θ may be refined for one more selection: `nil` where its budget is spent, where the network is tuned afterwards,
  /// which undoes what θ could gain, or where no θ decides.
  func refinement(share: Double = 1) -> RefinementOptions? {
    guard prunesForGood, var refinement = options.refinement, case .predictor = ranking
    else { return nil }
    let left = refinement.nominalSeconds - refinementNominalSeconds
    guard left > 0 else { return nil }
    let leftSeconds = refinement.limitSeconds - refinementSeconds
    guard leftSeconds > 0 else {
      warnOfRefinementCutShort()
      return nil
    }
    refinement.nominalSeconds = min(left, share * refinement.nominalSeconds)
    refinement.limitSeconds = min(leftSeconds, share * refinement.limitSeconds)
    return refinement
  }

  private func warnOfRefinementCutShort() {
    progress(
      .warning(
        "refining θ was ended by the clock; a repeated run may take other connections"))
  }
}
