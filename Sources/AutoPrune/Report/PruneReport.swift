public import PruneController
public import PruneCore

/// Report of a run, as `prune --json` writes it. Metrics are fractions.
public struct PruneReport: Sendable, Codable, Hashable {
  /// A network's score and cost on the test part.
  public struct NetworkResult: Sendable, Codable, Hashable {
    /// Value of the metric, a fraction, or in the metric's own unit.
    public let metric: Double
    /// Number of elements of all stored floating-point tensors.
    public let parameters: Int
    /// Number of ``parameters`` that are not zero.
    public let nonzero: Int
    /// Multiply–accumulates per example in a dense runtime.
    public let macs: Int
    /// Multiply–accumulates per example whose weight is not zero.
    public let sparseMACs: Int
    /// Size of the ONNX file in bytes, external data included.
    public let fileBytes: Int
    /// Size of the file in bytes after ``ModelPacker``.
    public let packedBytes: Int
    /// Median wall seconds of one example in this engine; a mask alone does not lower them.
    public let latencySeconds: Double
  }

  /// One prunable layer of the pruned network.
  public struct Layer: Sendable, Codable, Hashable {
    /// Name, unique within the network.
    public let name: String
    /// Raw value of ``PrunableLayer/Kind``.
    public let kind: String
    /// Shape of the stored tensor in the dense network.
    public let shape: [Int]
    /// Share of the layer's weights that the masks prune, 0 … 1.
    public let sparsity: Double
    /// Granularity as written on the command line; the same in all layers.
    public let granularity: String
  }

  /// Result of the dense network.
  public let dense: NetworkResult
  /// Result of the returned network, which is the dense one where the budget was not met.
  public let pruned: NetworkResult
  /// Metric of ``NetworkResult/metric``.
  public let metric: Metric
  /// Share of the prunable weights that is pruned, 0 … 1.
  public let sparsity: Double
  /// `true` where a pruned network was found that keeps the budget.
  public let isBudgetMet: Bool
  /// Certificate of the pruned network; `null` for a budget on the size, and where the certification part is too small.
  public let certificate: Certificate?
  /// Wall seconds of the run, without these final measurements.
  public let seconds: Double
  /// Number of evaluations of networks on the validation or the certification part.
  public let evaluations: Int
  /// Number of gradients that selections took, each over a sample of the training part.
  public let gradientEvaluations: Int
  /// Epochs of fine-tuning in all, with fractions.
  public let epochs: Double
  /// Seed of everything random in the run.
  public let seed: UInt64
  /// Name of the predictor or criterion that was asked for.
  public let predictor: String
  /// Description of the ``SelectionSource`` that selected the weights of the returned network, such as
  /// `predictor:default`; `null` for the dense network.
  public let selectedBy: String?
  /// Reason why the run ended.
  public let stoppedBy: StopReason
  /// Prunable layers in graph order.
  public let layers: [Layer]
  /// Rounds in the order in which they were tried, rejected ones included.
  public let rounds: [PruningRound]
  /// Latencies in this engine: the pruned network first, then the dense one.
  public let latency: [LatencyComparison.Measurement]
  /// Record of the compensation; `null` where there was none.
  public let compensation: CompensationRecord?
  /// Influences of the features; `nil` unless ``AutoPruner/influences(on:of:data:options:splitSeed:)`` was asked.
  public var features: [FeatureInfluence]?

  enum CodingKeys: String, CodingKey {
    case metric = "metricName"
    case dense, pruned, sparsity, isBudgetMet, certificate, seconds, evaluations
    case gradientEvaluations, epochs, seed, predictor, selectedBy, stoppedBy
    case layers, rounds, latency, compensation, features
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dense, forKey: .dense)
    try container.encode(pruned, forKey: .pruned)
    try container.encode(metric, forKey: .metric)
    try container.encode(sparsity, forKey: .sparsity)
    try container.encode(isBudgetMet, forKey: .isBudgetMet)
    // Written even when absent: the documented format has the key.
    try container.encode(certificate, forKey: .certificate)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(evaluations, forKey: .evaluations)
    try container.encode(gradientEvaluations, forKey: .gradientEvaluations)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(seed, forKey: .seed)
    try container.encode(predictor, forKey: .predictor)
    try container.encode(selectedBy, forKey: .selectedBy)
    try container.encode(stoppedBy, forKey: .stoppedBy)
    try container.encode(layers, forKey: .layers)
    try container.encode(rounds, forKey: .rounds)
    try container.encode(latency, forKey: .latency)
    try container.encode(compensation, forKey: .compensation)
    try container.encodeIfPresent(features, forKey: .features)
  }
}
