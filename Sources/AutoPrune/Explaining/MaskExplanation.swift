public import PruneController
public import PrunePredictor

/// Why a predictor kept some connections of a network and removed the others, as `autoprune explain` tells it.
public struct MaskExplanation: Sendable, Codable, Hashable {
  /// One prunable layer, with what decided in it.
  public struct Layer: Sendable, Codable, Hashable {
    /// Unique within the network.
    public let name: String
    /// Raw value of ``PrunableLayer/Kind``.
    public let kind: String
    /// As stored.
    public let shape: [Int]
    /// Share of the layer's connections removed, 0 … 1.
    public let sparsity: Double
    /// Largest magnitude first; empty where the layer kept or lost everything.
    public let influences: [FeatureInfluence]
  }

  /// The connection that was asked for.
  public struct Connection: Sendable, Codable, Hashable {
    /// Name of its layer.
    public let layer: String
    /// In the stored tensor.
    public let index: [Int]
    /// In the network before pruning.
    public let weight: Double
    /// Whether the masks keep it.
    public let isKept: Bool
    /// θᵀf, before calibration.
    public let score: Double
    /// p̂ = σ(score) after calibration.
    public let importance: Double
    /// Share of the layer's, and of all, connections with a lower score.
    public let rankInLayer: Double
    /// Share of all connections with a lower score, 0 … 1.
    public let rankOverall: Double
    /// Part of the score that no feature accounts for.
    public let intercept: Double
    /// Largest magnitude first.
    public let contributions: [ScoreExplanation.Contribution]
    /// Conditions from the root of a tree to its leaf; empty without a tree.
    public let path: [String]
  }

  /// Name of the preset or file.
  public let predictor: String
  /// Share of all prunable connections removed, 0 ..< 1.
  public let sparsity: Double
  /// In graph order.
  public let layers: [Layer]
  /// `nil` where no connection was asked for.
  public let connection: Connection?
}

/// Why an explanation cannot be given.
public enum ExplanationError: Error, Hashable, CustomStringConvertible {
  /// Criteria score without features, so there is nothing to explain by.
  case noPredictor(criterion: String)
  /// A preset for whole units says nothing of connections.
  case ranksUnits(preset: String)
  /// A layer that the network does not have; `known` are those it has.
  case unknownLayer(name: String, known: [String])
  /// A position outside of the layer's stored tensor, or of another number of axes.
  case indexOutOfRange(index: [Int], layer: String, shape: [Int])
  /// The pruned network has no weight of this layer's name and shape.
  case otherNetwork(layer: String)
  /// The archive kept the run's numbers but not its network and examples.
  case nothingArchived(run: String)
  /// The run accepted no network, so it has no masks.
  case notPruned(run: String)

  public var description: String {
    switch self {
    case .noPredictor(let criterion):
      "the criterion '\(criterion)' has no features to explain by; name a predictor"
    case .ranksUnits(let preset):
      "preset '\(preset)' scores whole units, not single weights; name one for single weights, such as default"
    case .unknownLayer(let name, let known):
      "no prunable layer is named '\(name)'; there are \(known.joined(separator: ", "))"
    case .indexOutOfRange(let index, let layer, let shape):
      "index \(index.map(String.init).joined(separator: ",")) is outside of layer '\(layer)' of shape "
        + shape.map(String.init).joined(separator: "×")
    case .otherNetwork(let layer):
      "the pruned network has no weight of the shape of layer '\(layer)'; is it another network's?"
    case .nothingArchived(let run):
      "run \(run) kept no network and examples (it was large, unlabelled or unfinished); explain the model file instead"
    case .notPruned(let run):
      "run \(run) accepted no pruned network; name a --sparsity to explain"
    }
  }
}
