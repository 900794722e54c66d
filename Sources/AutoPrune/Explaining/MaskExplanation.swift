public import PruneController
public import PrunePredictor

/// Explanation of the weights that a predictor kept and pruned in a network, as `autoprune explain` writes it.
public struct MaskExplanation: Sendable, Codable, Hashable {
  /// One prunable layer, with the features that decided in it.
  public struct Layer: Sendable, Codable, Hashable {
    /// Name, unique within the network.
    public let name: String
    /// Raw value of ``PrunableLayer/Kind``.
    public let kind: String
    /// Shape of the stored tensor.
    public let shape: [Int]
    /// Share of the layer's weights pruned, 0 … 1.
    public let sparsity: Double
    /// Influences of the features, largest magnitude first; empty where all weights are kept or all are pruned.
    public let influences: [FeatureInfluence]
  }

  /// Explanation of one weight.
  public struct Weight: Sendable, Codable, Hashable {
    /// Name of the weight's layer.
    public let layer: String
    /// Index of the weight in the stored tensor.
    public let index: [Int]
    /// Value of the weight in the network before pruning.
    public let value: Double
    /// `true` where the masks keep the weight.
    public let isKept: Bool
    /// Score θᵀf, before calibration.
    public let score: Double
    /// Importance p̂ = σ(score) after calibration, 0 … 1.
    public let importance: Double
    /// Share of the layer's weights with a lower score, 0 … 1.
    public let rankInLayer: Double
    /// Share of all prunable weights with a lower score, 0 … 1.
    public let rankOverall: Double
    /// Part of the score that no feature accounts for.
    public let intercept: Double
    /// Contributions of the features to the score, largest magnitude first.
    public let contributions: [ScoreExplanation.Contribution]
    /// Conditions from the root of a tree to its leaf; empty without a tree.
    public let path: [String]
  }

  /// Name of the predictor's preset or file.
  public let predictor: String
  /// Share of all prunable weights pruned, 0 ..< 1.
  public let sparsity: Double
  /// Explained layers in graph order.
  public let layers: [Layer]
  /// Explanation of the weight asked for; `nil` where none was.
  public let weight: Weight?
}

/// Failed explanation of masks.
public enum ExplanationError: Error, Hashable, CustomStringConvertible {
  /// The pruning criterion is no predictor, so it has no features to explain by.
  case noPredictor(criterion: String)
  /// The preset scores whole units, not weights.
  case ranksUnits(preset: String)
  /// The network has no layer of this name; `known` are the names of its layers.
  case unknownLayer(name: String, known: [String])
  /// The index is outside of the layer's stored tensor, or has another number of axes.
  case indexOutOfRange(index: [Int], layer: String, shape: [Int])
  /// The pruned network has no weight of this layer's name and shape.
  case otherNetwork(layer: String)
  /// The archive holds the run's numbers but not its network and examples.
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
