public import PruneCore

/// Everything known of a run when it begins, after the dense network was measured.
public struct RunRecord: Hashable, Sendable {
  /// The dense network.
  public var network: NetworkFingerprint
  /// Training and test data together.
  public var data: DataFingerprint
  /// Seed of everything random in the run.
  public var seed: UInt64
  /// Version by name of the program or library, such as `AutoPrune`, `libtorch`.
  public var versions: [String: String]
  /// Program and arguments as typed; empty for a library call.
  public var commandLine: [String]
  /// Predictor or criterion that decided which units are pruned, by name.
  public var importance: ImportanceSource
  /// Granularity of pruning.
  public var granularity: Granularity
  /// Budget asked for.
  public var budget: Budget
  /// Metric of which ``Measurement/metric`` is a value, here and in the result.
  public var metric: Metric
  /// Measurement of the network before pruning.
  public var dense: Measurement

  /// - Parameters:
  ///   - commandLine: program and arguments as typed; empty for a library call.
  ///   - dense: measurement of the network before pruning.
  public init(
    network: NetworkFingerprint, data: DataFingerprint, seed: UInt64, versions: [String: String],
    commandLine: [String], importance: ImportanceSource, granularity: Granularity, budget: Budget,
    metric: Metric, dense: Measurement
  ) {
    self.network = network
    self.data = data
    self.seed = seed
    self.versions = versions
    self.commandLine = commandLine
    self.importance = importance
    self.granularity = granularity
    self.budget = budget
    self.metric = metric
    self.dense = dense
  }
}

/// Source of the scores by which units are pruned.
public enum ImportanceSource: Hashable, Sendable {
  /// A learned preset by its name.
  case predictor(String)
  /// A hand-made criterion by its name on the command line.
  case criterion(String)

  /// Name of the preset or criterion.
  public var name: String {
    switch self {
    case .predictor(let name), .criterion(let name): name
    }
  }
}

/// Metric and cost of a network.
public struct Measurement: Hashable, Sendable, Codable {
  /// Value of the run's metric; accuracies are fractions. NaN where nothing was measured.
  public var metric: Double
  /// Cost of the network per example and on disk.
  public var cost: Cost

  /// A measurement of its parts.
  ///
  /// - Parameters:
  ///   - metric: accuracies as fractions; NaN where nothing was measured.
  ///   - cost: cost of the network per example and on disk.
  public init(metric: Double, cost: Cost) {
    self.metric = metric
    self.cost = cost
  }
}

/// Status of a run. A run that its process never finished is marked `interrupted`.
public enum RunStatus: String, Hashable, Sendable, CaseIterable, Codable {
  /// Under way, in a process that may still be alive.
  case running
  /// Over, whether or not the budget was met.
  case finished
  /// Stopped by its user, or its process died; it can be resumed.
  case interrupted
  /// Ended by an error, see ``RunResult/message``; it can be resumed.
  case failed
}

/// Result of a run.
public struct RunResult: Hashable, Sendable {
  /// Measurement of the pruned network; `nil` where none was kept.
  public var pruned: Measurement?
  /// Certificate; `nil` where no budget on the metric was asked for, or none could be certified.
  public var certificate: Certificate?
  /// Seconds from the start of the run, evaluations and fine-tuning included.
  public var wallSeconds: Double
  /// Number of passes over the validation or certification part.
  public var evaluations: Int
  /// Epochs of fine-tuning in all; may be a fraction.
  public var epochs: Double
  /// Reason why the run failed, in one line; empty otherwise.
  public var message: String

  /// - Parameters:
  ///   - pruned: `nil` where no pruned network was kept.
  ///   - epochs: may be a fraction.
  ///   - message: reason why the run failed, in one line.
  public init(
    pruned: Measurement? = nil, certificate: Certificate? = nil, wallSeconds: Double,
    evaluations: Int = 0, epochs: Double = 0, message: String = ""
  ) {
    self.pruned = pruned
    self.certificate = certificate
    self.wallSeconds = wallSeconds
    self.evaluations = evaluations
    self.epochs = epochs
    self.message = message
  }
}
