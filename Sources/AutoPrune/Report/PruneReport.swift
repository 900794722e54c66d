public import PruneController
public import PruneCore

/// Everything a run has to say for itself, as `prune --json` writes it. Metrics are fractions.
public struct PruneReport: Sendable, Codable, Hashable {
  /// A network's score and cost on the test part.
  public struct Standing: Sendable, Codable, Hashable {
    public let metric: Double
    /// Elements of all stored floating-point tensors.
    public let parameters: Int
    public let nonzero: Int
    /// Multiply–accumulates per example as a dense runtime does them.
    public let macs: Int
    /// Multiply–accumulates per example whose weight is not zero.
    public let sparseMACs: Int
    public let fileBytes: Int
    /// What ``ModelPacker`` makes of the file.
    public let packedBytes: Int
    /// Median wall time of one example in this engine; a mask alone does not lower it.
    public let latencySeconds: Double
  }

  public struct Layer: Sendable, Codable, Hashable {
    public let name: String
    public let kind: String
    public let shape: [Int]
    public let sparsity: Double
    public let granularity: String
  }

  public let dense: Standing
  public let pruned: Standing
  public let metricName: Metric
  /// Share of the prunable connections that is zero.
  public let sparsity: Double
  public let isBudgetMet: Bool
  /// `null` for a sparsity budget, and where the certify part is too small.
  public let certificate: Certificate?
  public let seconds: Double
  public let evaluations: Int
  /// Gradients that selections of connections took, each over a sample of the fit part.
  public let gradientEvaluations: Int
  public let epochs: Double
  public let seed: UInt64
  public let predictor: String
  public let layers: [Layer]
  public let rounds: [PruningRound]
  /// Of the pruned network first, then the dense one, in this engine.
  public let latency: [LatencyComparison.Measurement]
  /// What compensation did and took; `null` where there was none.
  public let compensation: CompensationRecord?

  enum CodingKeys: String, CodingKey {
    case dense, pruned, metricName, sparsity, isBudgetMet, certificate, seconds, evaluations
    case gradientEvaluations, epochs, seed, predictor, layers, rounds, latency, compensation
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dense, forKey: .dense)
    try container.encode(pruned, forKey: .pruned)
    try container.encode(metricName, forKey: .metricName)
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
    try container.encode(layers, forKey: .layers)
    try container.encode(rounds, forKey: .rounds)
    try container.encode(latency, forKey: .latency)
    try container.encode(compensation, forKey: .compensation)
  }
}
