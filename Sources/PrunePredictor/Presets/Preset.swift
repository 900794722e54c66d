public import PruneFeatures

/// A predictor as a file: versioned JSON with a card that states its origin.
public struct Preset: Hashable, Sendable {
  /// Format version that this program writes, and the newest that it reads.
  public static let formatVersion = 1

  /// A predictor of any kind.
  public enum Model: Hashable, Sendable {
    /// One θ for all weights.
    case logistic(LogisticPredictor)
    /// A tree of constants.
    case tree(DecisionTreePredictor)
    /// A tree with a θ in each leaf.
    case logisticTree(LogisticModelTreePredictor)

    /// This model with another calibration of p̂; the scores are unchanged.
    public func calibrated(by calibration: ScoreCalibration) -> Model {
      switch self {
      case .logistic(var predictor):
        predictor.calibration = calibration
        return .logistic(predictor)
      case .tree(var predictor):
        predictor.calibration = calibration
        return .tree(predictor)
      case .logisticTree(var predictor):
        predictor.calibration = calibration
        return .logisticTree(predictor)
      }
    }

    /// `true` for ``LogisticPredictor/prior``, however calibrated.
    public var isPrior: Bool {
      calibrated(by: LogisticPredictor.prior.calibration) == .logistic(.prior)
    }

    /// The predictor, whatever its kind.
    public var predictor: any TrainablePredictor {
      switch self {
      case .logistic(let predictor): predictor
      case .tree(let predictor): predictor
      case .logisticTree(let predictor): predictor
      }
    }
  }

  /// Model that the preset predicts with.
  public var model: Model
  /// ``FeatureRegistry/version`` that the model was fitted to.
  public var registryVersion: Int
  /// Origin of the preset and its scores on held-out networks.
  public var card: PresetCard

  /// - Parameter registryVersion: version of the features that the model was fitted to; this program's unless stated.
  public init(
    model: Model, registryVersion: Int = FeatureRegistry.version, card: PresetCard
  ) {
    self.model = model
    self.registryVersion = registryVersion
    self.card = card
  }

  /// The predictor that ranks weights or units, whatever its kind.
  public var predictor: any ImportancePredictor { model.predictor }
}

extension Preset: Codable {
  private enum Key: String, CodingKey {
    case formatVersion, kind, registryVersion, basis, coefficients, tree, leafScores
    case leafCoefficients, calibration, card
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.formatVersion, forKey: .formatVersion)
    try container.encode(model.predictor.kind, forKey: .kind)
    try container.encode(registryVersion, forKey: .registryVersion)
    try container.encode(model.predictor.calibration, forKey: .calibration)
    switch model {
    case .logistic(let predictor):
      try container.encode(predictor.basis, forKey: .basis)
      try container.encode(predictor.coefficients, forKey: .coefficients)
    case .tree(let predictor):
      try container.encode(predictor.tree, forKey: .tree)
      try container.encode(predictor.leafScores, forKey: .leafScores)
    case .logisticTree(let predictor):
      try container.encode(predictor.tree, forKey: .tree)
      try container.encode(predictor.basis, forKey: .basis)
      try container.encode(predictor.leafCoefficients, forKey: .leafCoefficients)
    }
    try container.encode(card, forKey: .card)
  }

  /// - Throws: ``PresetError`` for inconsistent parts, `DecodingError` for missing ones.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let version = try container.decode(Int.self, forKey: .formatVersion)
    guard version <= Self.formatVersion else {
      throw PresetError.newerFormat(path: "", got: version, supported: Self.formatVersion)
    }
    guard version >= 1 else {
      throw PresetError.inconsistent(path: "", reason: "its format version is \(version)")
    }
    let name = try container.decode(String.self, forKey: .kind)
    guard let kind = PredictorKind(rawValue: name) else {
      throw PresetError.unknownKind(path: "", kind: name)
    }
    registryVersion = try container.decode(Int.self, forKey: .registryVersion)
    card = try container.decode(PresetCard.self, forKey: .card)
    let calibration = try container.decode(ScoreCalibration.self, forKey: .calibration)
    try Self.require(calibration.problem)
    switch kind {
    case .logistic:
      let basis = try Self.basis(in: container)
      let coefficients = try container.decode([Double].self, forKey: .coefficients)
      try Self.require(coefficients, count: basis.terms.count, "coefficients")
      model = .logistic(
        LogisticPredictor(basis: basis, coefficients: coefficients, calibration: calibration))
    case .tree:
      let tree = try Self.tree(in: container)
      let scores = try container.decode([Double].self, forKey: .leafScores)
      try Self.require(scores, count: tree.leafCount, "leaf scores")
      model = .tree(
        DecisionTreePredictor(tree: tree, leafScores: scores, calibration: calibration))
    case .logisticTree:
      let tree = try Self.tree(in: container)
      let basis = try Self.basis(in: container)
      let coefficients = try container.decode([[Double]].self, forKey: .leafCoefficients)
      try Self.require(
        coefficients.count == tree.leafCount
          ? nil : "\(coefficients.count) rows of coefficients for \(tree.leafCount) leaves")
      for row in coefficients {
        try Self.require(row, count: basis.terms.count, "coefficients of a leaf")
      }
      model = .logisticTree(
        LogisticModelTreePredictor(
          tree: tree, basis: basis, leafCoefficients: coefficients, calibration: calibration))
    }
  }

  private static func basis(in container: KeyedDecodingContainer<Key>) throws -> FeatureBasis {
    let basis = try container.decode(FeatureBasis.self, forKey: .basis)
    try require(basis.problem)
    return basis
  }

  private static func tree(in container: KeyedDecodingContainer<Key>) throws -> SplitTree {
    let tree = try container.decode(SplitTree.self, forKey: .tree)
    try require(tree.problem)
    return tree
  }

  private static func require(_ values: [Double], count: Int, _ name: String) throws {
    try require(values.count == count ? nil : "\(values.count) \(name), expected \(count)")
    let isUsable = values.allSatisfy { $0.magnitude <= 1e9 }
    try require(isUsable ? nil : "one of its \(name) is not a number within ± 1e9")
  }

  private static func require(_ problem: String?) throws {
    if let problem { throw PresetError.inconsistent(path: "", reason: problem) }
  }
}
