/// Why a predictor kept some connections of a network and removed the others, as `autoprune explain` tells it.
public struct MaskExplanation: Sendable, Codable, Hashable {
  /// How far one feature set the connections kept apart from those removed.
  public struct Influence: Sendable, Codable, Hashable {
    public let feature: String
    /// Mean part of the score of connections kept, less that of connections removed.
    public let separation: Double
  }

  public struct Layer: Sendable, Codable, Hashable {
    public let name: String
    public let kind: String
    public let shape: [Int]
    public let sparsity: Double
    /// Largest magnitude first; empty where the layer kept or lost everything.
    public let influences: [Influence]
  }

  /// One feature's part of a connection's score.
  public struct Contribution: Sendable, Codable, Hashable {
    public let feature: String
    public let value: Double
    public let contribution: Double
  }

  public struct Connection: Sendable, Codable, Hashable {
    public let layer: String
    /// In the stored tensor.
    public let index: [Int]
    public let weight: Double
    public let isKept: Bool
    public let score: Double
    /// p̂ = σ(score) after calibration.
    public let importance: Double
    /// Share of the layer's, and of all, connections with a lower score.
    public let rankInLayer: Double
    public let rankOverall: Double
    public let intercept: Double
    /// Largest magnitude first.
    public let contributions: [Contribution]
    /// Conditions from the root of a tree to its leaf; empty without a tree.
    public let path: [String]
  }

  public let predictor: String
  public let sparsity: Double
  public let layers: [Layer]
  /// `nil` where no connection was asked for.
  public let connection: Connection?
}

/// Why an explanation cannot be given.
public enum ExplanationError: Error, Hashable, CustomStringConvertible {
  case noPredictor(criterion: String)
  case unknownLayer(name: String, known: [String])
  case indexOutOfRange(index: [Int], layer: String, shape: [Int])
  case otherNetwork(layer: String)
  case nothingArchived(run: String)
  case notPruned(run: String)

  public var description: String {
    switch self {
    case .noPredictor(let criterion):
      "the criterion '\(criterion)' has no features to explain by; name a predictor"
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
