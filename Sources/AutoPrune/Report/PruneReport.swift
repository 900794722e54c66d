public import PruneController
public import PruneCore

/// Everything a run has to say for itself, as `prune --json` writes it. Metrics are fractions.
public struct PruneReport: Sendable, Codable, Hashable {
  /// A network's score and cost on the test part.
  public struct Standing: Sendable, Codable, Hashable {
    /// Value of the metric; the unit is the metric's own where it is no fraction.
    public let metric: Double
    /// Elements of all stored floating-point tensors.
    public let parameters: Int
    /// Those of ``parameters`` that are not zero.
    public let nonzero: Int
    /// Multiply–accumulates per example as a dense runtime does them.
    public let macs: Int
    /// Multiply–accumulates per example whose weight is not zero.
    public let sparseMACs: Int
    /// Size of the ONNX file, external data included.
    public let fileBytes: Int
    /// What ``ModelPacker`` makes of the file.
    public let packedBytes: Int
    /// Median wall time of one example in this engine; a mask alone does not lower it.
    public let latencySeconds: Double
  }

  /// One prunable layer of the pruned network.
  public struct Layer: Sendable, Codable, Hashable {
    /// Unique within the network.
    public let name: String
    /// Raw value of ``PrunableLayer/Kind``.
    public let kind: String
    /// As stored in the dense network.
    public let shape: [Int]
    /// Share of the layer's connections that the masks remove, 0 … 1.
    public let sparsity: Double
    /// As the command line writes it; the same in all layers.
    public let granularity: String
  }

  /// The network as it was given.
  public let dense: Standing
  /// The network as it is returned: the dense one where the budget was not met.
  public let pruned: Standing
  /// What ``Standing/metric`` is a value of.
  public let metric: Metric
  /// Share of the prunable connections that is zero.
  public let sparsity: Double
  /// Whether a pruned network was found that keeps the budget.
  public let isBudgetMet: Bool
  /// `null` for a sparsity budget, and where the certify part is too small.
  public let certificate: Certificate?
  /// Wall time of the run, without these final measurements.
  public let seconds: Double
  /// Passes over search or certify data.
  public let evaluations: Int
  /// Gradients that selections of connections took, each over a sample of the fit part.
  public let gradientEvaluations: Int
  /// Epochs of fine-tuning in all; may be a fraction.
  public let epochs: Double
  /// Of everything random in the run.
  public let seed: UInt64
  /// Name of the predictor or criterion that was asked for.
  public let predictor: String
  /// Description of the ``SelectionSource`` that selected the weights of the returned network, such as
  /// `predictor:default`; `null` for the dense network.
  public let selectedBy: String?
  /// In graph order.
  public let layers: [Layer]
  /// In the order in which they were tried, rejected ones included.
  public let rounds: [PruningRound]
  /// Of the pruned network first, then the dense one, in this engine.
  public let latency: [LatencyComparison.Measurement]
  /// What compensation did and took; `null` where there was none.
  public let compensation: CompensationRecord?
  /// Which features decided; `nil` unless ``AutoPruner/influences(on:of:data:options:splitSeed:)`` was asked.
  public var features: [FeatureInfluence]?

  enum CodingKeys: String, CodingKey {
    case metric = "metricName"
    case dense, pruned, sparsity, isBudgetMet, certificate, seconds, evaluations
    case gradientEvaluations, epochs, seed, predictor, selectedBy, layers, rounds, latency
    case compensation, features
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dense, forKey: .dense)
    try container.encode(pruned, forKey: .pruned)
    try container.encode(metric, forKey: .metric)
    try container.encode(sparsity, forKey: .sparsity)
    try container.encode(isBudgetMet, forKey: .isBudgetMet)
    // Written even when absent: the contract promises the key.
    try container.encode(certificate, forKey: .certificate)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(evaluations, forKey: .evaluations)
    try container.encode(gradientEvaluations, forKey: .gradientEvaluations)
    try container.encode(epochs, forKey: .epochs)
    try container.encode(seed, forKey: .seed)
    try container.encode(predictor, forKey: .predictor)
    try container.encode(selectedBy, forKey: .selectedBy)
    try container.encode(layers, forKey: .layers)
    try container.encode(rounds, forKey: .rounds)
    try container.encode(latency, forKey: .latency)
    try container.encode(compensation, forKey: .compensation)
    try container.encodeIfPresent(features, forKey: .features)
  }
}
