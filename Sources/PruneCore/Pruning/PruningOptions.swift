/// What the user may say about a run; everything else the controller finds.
public struct PruningOptions: Sendable {
  /// The limit asked for; the search looks for the largest reduction within it.
  public var budget: Budget
  /// What the budget limits and rounds report.
  public var metric: Metric
  /// One-sided confidence of the certificate, `0.5 ..< 1`.
  public var confidence: Double
  /// Epochs of fine-tuning over the fit part in all; 0 = none.
  public var fineTuneEpochs: Double
  /// Wall-clock limit; the best accepted network is returned when it is reached.
  public var timeLimitSeconds: Double?
  /// Everything random in the run follows from it.
  public var seed: UInt64
  /// Most examples per optimizer step; fewer are taken where the epochs would otherwise hold too few steps.
  public var batchSize: Int
  /// Examples of the fit part for features and criteria.
  public var calibrationExamples: Int
  /// How the weights left make up for those that go.
  public var compensation: Compensation
  /// What is removed as a unit.
  public var granularity: Granularity
  /// What pruning is to save; a sparsity budget counts in it. Several, each to be saved as far, only where whole units go.
  /// A budget of cost names its own.
  public var objectives: [CostObjective]
  /// Groups of coupled units are left with multiples of this number of units, or halves of it; 1 = any number.
  public var unitAlignment: Int
  /// Objectives that densities count: the budget's own where it limits a cost, ``objectives`` otherwise.
  package var countedObjectives: [CostObjective] {
    if case .cost(let objective, _) = budget { [objective] } else { objectives }
  }
  /// The first of ``countedObjectives``.
  package var objective: CostObjective { countedObjectives.first ?? .parameters }
  /// Refines a predictor's θ on the fit part where a selection is final, weights untouched; `nil` does not.
  public var adaptation: AdaptationOptions?
  /// Whether ``PruningProgress/weights(round:_:)`` tells the weights left after every round.
  public var reportsWeights = false

  /// - Parameters:
  ///   - confidence: of the certificate, `0.5 ..< 1`.
  ///   - fineTuneEpochs: over the fit part, in all rounds together; 0 changes no weight by training.
  ///   - timeLimitSeconds: `nil` sets no limit.
  ///   - batchSize: most examples per optimizer step.
  public init(
    budget: Budget, metric: Metric = .accuracy, confidence: Double = 0.95,
    fineTuneEpochs: Double = 0, timeLimitSeconds: Double? = nil, seed: UInt64 = 0,
    batchSize: Int = 128, calibrationExamples: Int = 2_000,
    compensation: Compensation = .none,
    adaptation: AdaptationOptions? = nil, granularity: Granularity = .element,
    objective: CostObjective = .parameters, unitAlignment: Int = 1
  ) {
    precondition(unitAlignment > 0, "the alignment is \(unitAlignment), expected > 0")
    self.budget = budget
    self.metric = metric
    self.confidence = confidence
    self.fineTuneEpochs = fineTuneEpochs
    self.timeLimitSeconds = timeLimitSeconds
    self.seed = seed
    self.batchSize = batchSize
    self.calibrationExamples = calibrationExamples
    self.compensation = compensation
    self.granularity = granularity
    objectives = [objective]
    self.unitAlignment = unitAlignment
    self.adaptation = adaptation
  }
}
