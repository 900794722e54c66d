public import PruneFeatures

/// Says how much each connection matters: a score θᵀf, and the importance p̂ = σ(θᵀf) made of it.
public protocol ImportancePredictor: Sendable {
  /// Of model; decides what a preset file holds.
  var kind: PredictorKind { get }

  /// Columns that a ``FeatureTable`` must have, in any order.
  var featureNames: [String] { get }

  /// Turns scores into probabilities of survival.
  var calibration: ScoreCalibration { get }

  /// Scores to rank connections of all layers by, higher = keep.
  ///
  /// - Parameters:
  ///   - table: with every column of ``featureNames``; anything else is a programming error and traps.
  ///   - targetDensity: share of connections to keep in the end; clamped to 0.001 … 0.99.
  /// - Returns: `[layers][connections]`, in stored order.
  func scores(for table: FeatureTable, targetDensity: Double) -> [[Float]]

  /// Scores networks too large for a table, one run of connections at a time; `nil` where the predictor cannot.
  ///
  /// - Parameter features: with every column of ``featureNames``; anything else is a programming error and traps.
  func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)?

  /// Why one connection has its score.
  ///
  /// - Parameters:
  ///   - connection: position in stored order.
  ///   - layer: position in `table.layers`.
  func explanation(
    of connection: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation
}

extension ImportancePredictor {
  /// Whether it ranks whole units, by ``UnitFeatureRegistry``, and not connections.
  public var ranksUnits: Bool {
    !featureNames.isEmpty
      && featureNames.allSatisfy { UnitFeatureRegistry.descriptor(named: $0) != nil }
  }

  public func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)? { nil }

  /// p̂ in 0 … 1, `[layers][connections]`, in stored order; the same ranking as the scores.
  public func importance(for table: FeatureTable, targetDensity: Double) -> [[Float]] {
    let calibration = calibration
    return scores(for: table, targetDensity: targetDensity).map { layer in
      layer.map { calibration.probability(score: $0) }
    }
  }
}

/// A predictor whose score is linear in its parameters θ, so that they can be fitted by gradients.
public protocol TrainablePredictor: ImportancePredictor {
  /// θ.
  var parameters: [Double] { get set }

  /// What scoring needs of one table, made once for many evaluations.
  func scorer(for table: FeatureTable) -> any ParameterScorer
}

/// Scores one table for any θ, and carries gradients back to θ.
public protocol ParameterScorer {
  /// - Returns: `[layers][connections]`.
  func scores(_ parameters: [Double], targetDensity: Double) -> [[Float]]

  /// - Parameter scoreGradients: ∂L/∂score, `[layers][connections]`.
  /// - Returns: ∂L/∂θ.
  func parameterGradient(_ scoreGradients: [[Float]], targetDensity: Double) -> [Double]
}

/// The kinds of predictor, as presets and the command line name them.
public enum PredictorKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// ``LogisticPredictor``: one θ for everything.
  case logistic
  /// ``DecisionTreePredictor``: a constant in every leaf.
  case tree
  /// ``LogisticModelTreePredictor``: a θ in every leaf.
  case logisticTree = "logistic-tree"
}
