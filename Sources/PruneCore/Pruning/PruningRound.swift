/// One round of the pruning loop: a step, its effect on the network, and the decision.
public struct PruningRound: Hashable, Sendable, Codable {
  /// Decision on the network that a round made.
  public enum Decision: String, Hashable, Sendable, Codable, CaseIterable {
    /// Accepted: it keeps the budget, and the next round starts from it.
    case accepted
    /// Retrained at the same density.
    case retrained
    /// Rolled back: it breaks the budget, and the search continues from the last accepted network.
    case rolledBack = "rolled-back"

    /// Reads the present words and those of earlier versions, `stepped-back` and `tuned-longer`.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let text = try container.decode(String.self)
      let earlier = ["stepped-back": Self.rolledBack, "tuned-longer": .retrained]
      guard let decision = Self(rawValue: text) ?? earlier[text] else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "'\(text)' is no decision of a round")
      }
      self = decision
    }
  }

  /// Index of the round, from 0, unique within the run.
  public var index: Int
  /// Share of the prunable weights kept before the step, 0 … 1; of the cost where whole units are cut out.
  public var densityBefore: Double
  /// Share kept after the step, as ``densityBefore``.
  public var densityAfter: Double
  /// Decision on the result.
  public var decision: Decision
  /// Metric on the validation part, after recovery.
  public var metric: Double
  /// Drop of the metric below the dense network's, in points; negative where it rose.
  public var dropPoints: Double
  /// Upper confidence bound of the drop on the validation part, in points; indicative, since decisions were taken on
  /// it.
  public var dropUpperBoundPoints: Double
  /// Epochs of fine-tuning within this round; may be a fraction.
  public var epochs: Double
  /// Wall time of pruning, fine-tuning and evaluation of this round together, in seconds.
  public var wallSeconds: Double
  /// Density of each prunable layer, 0 … 1, in graph order.
  public var layerDensities: [Double]
  /// Source of the scores that decided the masks after the step; `nil` where an archive does not record it.
  public var selectedBy: SelectionSource?

  /// - Parameters:
  ///   - epochs: epochs of fine-tuning; may be a fraction.
  ///   - layerDensities: density of each prunable layer in graph order, 0 … 1.
  public init(
    index: Int, densityBefore: Double, densityAfter: Double, decision: Decision, metric: Double,
    dropPoints: Double, dropUpperBoundPoints: Double, epochs: Double, wallSeconds: Double,
    layerDensities: [Double]
  ) {
    self.index = index
    self.densityBefore = densityBefore
    self.densityAfter = densityAfter
    self.decision = decision
    self.metric = metric
    self.dropPoints = dropPoints
    self.dropUpperBoundPoints = dropUpperBoundPoints
    self.epochs = epochs
    self.wallSeconds = wallSeconds
    self.layerDensities = layerDensities
  }

  /// Share pruned after the step: `1 − densityAfter`.
  public var sparsity: Double { 1 - densityAfter }
}

/// Source of the scores that decided which weights or units a selection kept.
public enum SelectionSource: Hashable, Sendable {
  /// Importance predictor with its name.
  case predictor(String)
  /// Hand-set prior that every fit of a predictor starts from.
  case prior
  /// Hand-made criterion with its name.
  case criterion(String)
}

extension SelectionSource: CustomStringConvertible, Codable {
  /// Spelling in JSON and reports: `predictor:NAME`, `prior` or `criterion:NAME`.
  public var description: String {
    switch self {
    case .predictor(let name): "predictor:\(name)"
    case .prior: "prior"
    case .criterion(let name): "criterion:\(name)"
    }
  }

  /// Reads a ``description``; `nil` for any other text.
  public init?(_ text: String) {
    if text == "prior" {
      self = .prior
    } else if text.hasPrefix("predictor:") {
      self = .predictor(String(text.dropFirst("predictor:".count)))
    } else if text.hasPrefix("criterion:") {
      self = .criterion(String(text.dropFirst("criterion:".count)))
    } else {
      return nil
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let source = SelectionSource(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "'\(text)' is neither predictor:NAME nor prior nor criterion:NAME")
    }
    self = source
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
