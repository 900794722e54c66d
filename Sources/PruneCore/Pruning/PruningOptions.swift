/// Options of a pruning run; the controller chooses everything else.
public struct PruningOptions: Sendable {
  /// Limit asked for; the search looks for the largest reduction within it.
  public var budget: Budget
  /// Metric that the budget limits and rounds report.
  public var metric: Metric
  /// One-sided confidence of the certificate, `0.5 ..< 1`.
  public var confidence: Double
  /// Epochs of fine-tuning over the training part, in all rounds together; 0 = none.
  public var fineTuneEpochs: Double
  /// Wall-clock limit in seconds, at which the best accepted network is returned; `nil` = none.
  public var timeLimitSeconds: Double?
  /// Seed of all random numbers of the run.
  public var seed: UInt64
  /// Largest number of examples per optimizer step; smaller where the epochs would otherwise hold too few steps.
  public var batchSize: Int
  /// Number of examples of the training part for features and criteria.
  public var calibrationExamples: Int
  /// Compensation of pruned weights by kept ones.
  public var compensation: Compensation
  /// Unit of pruning.
  public var granularity: Granularity
  /// Costs that pruning reduces; sparsity is measured in them. More than one, all reduced by the same share, only where
  /// whole units are pruned. A budget of cost names its own.
  public var objectives: [CostObjective]
  /// Alignment: coupling groups keep a multiple of this number of units, or halves of it; 1 = any number.
  public var unitAlignment: Int
  /// Costs that densities are shares of: the budget's own where it limits a cost, ``objectives`` otherwise.
  package var countedObjectives: [CostObjective] {
    if case .cost(let objective, _) = budget { [objective] } else { objectives }
  }
  /// First of ``countedObjectives``.
  package var objective: CostObjective { countedObjectives.first ?? .parameters }
  /// Adaptation of a predictor's θ to the network on the training part, at final selections, weights unchanged; `nil` =
  /// none.
  public var adaptation: AdaptationOptions?
  /// `true` reports the kept weights after every round by ``PruningProgress/weights(round:_:)``.
  public var reportsWeights = false

  /// - Parameters:
  ///   - budget: limit asked for.
  ///   - metric: metric that the budget limits.
  ///   - confidence: one-sided confidence of the certificate, `0.5 ..< 1`.
  ///   - fineTuneEpochs: epochs over the training part, in all rounds together; 0 changes no weight by training.
  ///   - timeLimitSeconds: wall-clock limit; `nil` = none.
  ///   - seed: seed of all random numbers.
  ///   - batchSize: largest number of examples per optimizer step.
  ///   - calibrationExamples: examples of the training part for features and criteria.
  ///   - compensation: compensation of pruned weights by kept ones.
  ///   - adaptation: adaptation of the predictor's θ to the network; `nil` = none.
  ///   - granularity: unit of pruning.
  ///   - objective: cost that pruning reduces.
  ///   - unitAlignment: number of units that coupling groups keep a multiple of, > 0.
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

/// Compensation of pruned weights by changes of the kept ones.
public enum Compensation: String, Hashable, Sendable, Codable, CaseIterable {
  /// Kept weights are changed by fine-tuning alone.
  case none
  /// Least-squares fit to the dense layers' outputs, a low-rank Fisher update, and one Newton step per stage for all
  /// kept weights where they are few; each accepted only where the loss on held-out examples falls; no training.
  case closedForm
  /// The steps of ``closedForm``, with a bounded number of gradient steps after each stage.
  case firstOrder
}

/// Settings of the adaptation of a predictor's θ to a network; the defaults are chosen by hand.
public struct AdaptationOptions: Hashable, Sendable {
  /// Largest number of passes after those of the selection; each takes one step of θ.
  public var passes = 100
  /// Compute budget of all passes, in seconds on 2 cores of an ordinary machine, as estimated from the sizes of network
  /// and samples alone, so that runs repeat exactly on a loaded or faster machine.
  public var computeBudgetSeconds = 10.0
  /// Wall time in seconds after which no pass begins; where it ends an adaptation, which is reported, a repeated run
  /// may take other masks.
  public var limitSeconds = 60.0
  /// Largest change of a correction per pass, in scores per standard deviation of a feature; falls linearly to a tenth.
  public var learningRate = 0.02
  /// Temperature of the relaxed selection whose loss is differentiated, in standard deviations of the scores.
  public var temperature = 0.07
  /// Weight of the ridge `½ ‖c‖²`, which pulls the corrections `c` to 0, the predictor as it was fitted.
  public var ridge = 1e-3
  /// Number of examples of a pass's step of θ; as many others are used for features.
  public var examplesPerPass = 1_000
  /// Number of held-out examples of the training part on which alone adapted masks are accepted; at most a quarter of
  /// it.
  public var heldOutExamples = 3_000
  /// Number of passes between two evaluations on the held-out examples.
  public var judgingInterval = 4

  /// Settings with a compute budget of 10 s and a time limit of 60 s.
  public init() {}

  /// Settings bounded by wall time in place of a compute budget; a repeated run may take other masks.
  public static func within(seconds: Double) -> AdaptationOptions {
    var options = AdaptationOptions()
    options.computeBudgetSeconds = .infinity
    options.limitSeconds = seconds
    return options
  }
}
