public import PruneCore

/// What is known of a run when it begins, after the dense network was measured.
public struct RunRecord: Hashable, Sendable {
  public var network: NetworkFingerprint
  public var data: DataFingerprint
  public var seed: UInt64
  /// Program → version, such as `autoprune`, `swift`, `libtorch`.
  public var versions: [String: String]
  public var commandLine: [String]
  public var importance: ImportanceSource
  public var granularity: Granularity
  public var budget: Budget
  public var metric: Metric
  public var dense: Measurement

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
  public var cost: Cost

  public init(metric: Double, cost: Cost) {
    self.metric = metric
    self.cost = cost
  }
}
