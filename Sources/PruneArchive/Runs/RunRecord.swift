public import PruneCore

/// What is known of a run when it begins, after the dense network was measured.
public struct RunRecord: Hashable, Sendable {
  /// The dense network.
  public var network: NetworkFingerprint
  /// Training and test data together.
  public var data: DataFingerprint
  /// Everything random in the run follows from it.
  public var seed: UInt64
  /// Program → version, such as `autoprune`, `swift`, `libtorch`.
  public var versions: [String: String]
  /// Program and arguments as typed; empty for a library call.
  public var commandLine: [String]
  /// Predictor or criterion, by name.
  public var importance: ImportanceSource
  /// What was removed as a unit.
  public var granularity: Granularity
  /// What was asked for.
  public var budget: Budget
  /// What ``Measurement/metric`` is a value of, here and in the result.
  public var metric: Metric
  /// The network before pruning.
  public var dense: Measurement

  /// - Parameters:
  ///   - commandLine: program and arguments as typed; empty for a library call.
  ///   - dense: the network before pruning.
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

/// What decided which units go.
public enum ImportanceSource: Hashable, Sendable {
  /// A learned preset by its name.
  case predictor(String)
  /// A hand-made criterion by its name on the command line.
  case criterion(String)

  /// Without saying which of the two it is of.
  public var name: String {
    switch self {
    case .predictor(let name), .criterion(let name): name
    }
  }
}

/// How good a network is and what it costs.
public struct Measurement: Hashable, Sendable, Codable {
  /// Value of the run's metric; accuracies are fractions. NaN where nothing was measured.
  public var metric: Double
  /// What the network costs per example and on disk.
  public var cost: Cost

  /// - Parameter metric: accuracies as fractions; NaN where nothing was measured.
  public init(metric: Double, cost: Cost) {
    self.metric = metric
    self.cost = cost
  }
}
