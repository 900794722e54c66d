import PruneCore
public import PruneFeatures
import PruneSupport

/// Predictor of each weight's importance: a score θᵀf, and the importance p̂ = σ(θᵀf) made of it.
public protocol ImportancePredictor: Sendable {
  /// Model class; selects the preset's decoder.
  var kind: PredictorKind { get }

  /// Names of the columns that a ``FeatureTable`` must have, in any order.
  var featureNames: [String] { get }

  /// Map from scores to probabilities of survival.
  var calibration: ScoreCalibration { get }

  /// Scores that rank weights of all layers together, higher = keep.
  ///
  /// - Parameters:
  ///   - table: with every column of ``featureNames``; anything else is a programming error and traps.
  ///   - targetDensity: share of weights to keep in the end; clamped to 0.001 … 0.99.
  /// - Returns: `[layers][weights of the layer]`, in stored order.
  func scores(for table: FeatureTable, targetDensity: Double) -> [[Float]]

  /// Scorer of networks too large for a table, one run of weights at a time; `nil` where the predictor has none.
  ///
  /// - Parameter features: with every column of ``featureNames``; anything else is a programming error and traps.
  func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)?

  /// Explanation of one weight's score.
  ///
  /// - Parameters:
  ///   - weight: position of the weight in stored order.
  ///   - layer: position in `table.layers`.
  func explanation(
    of weight: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation
}

extension ImportancePredictor {
  /// `true` where the predictor ranks whole units, by ``UnitFeatureRegistry``, and not single weights.
  public var ranksUnits: Bool {
    !featureNames.isEmpty
      && featureNames.allSatisfy { UnitFeatureRegistry.descriptor(named: $0) != nil }
  }

  public func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)? { nil }

  /// Importance p̂, 0 … 1, `[layers][weights of the layer]`, in stored order; the same ranking as the scores.
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

  /// Scorer of one table, made once for many evaluations.
  func scorer(for table: FeatureTable) -> any ParameterScorer
}

/// Scores one table for any θ, and carries gradients back to θ.
public protocol ParameterScorer {
  /// Scores of the table for θ = `parameters`.
  ///
  /// - Returns: `[layers][weights of the layer]`.
  func scores(_ parameters: [Double], targetDensity: Double) -> [[Float]]

  /// Gradient with respect to θ.
  ///
  /// - Parameter scoreGradients: ∂L/∂score, `[layers][weights of the layer]`.
  /// - Returns: ∂L/∂θ.
  func parameterGradient(_ scoreGradients: [[Float]], targetDensity: Double) -> [Double]
}

/// Model class of a predictor, as presets and the command line name it.
public enum PredictorKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// ``LogisticPredictor``: one θ for everything.
  case logistic
  /// ``DecisionTreePredictor``: a constant in every leaf.
  case tree
  /// ``LogisticModelTreePredictor``: a θ in every leaf.
  case logisticTree = "logistic-tree"
}

extension ImportancePredictor {
  /// `true` where the predictor reads features of a selection under way, and so needs one pass after another.
  public var readsState: Bool {
    featureNames.contains { FeatureRegistry.descriptor(named: $0)?.family == .state }
  }
}

/// Scorer of runs of weights without a table of their features; several threads may use it.
public protocol ChunkScorer: Sendable {
  /// Writes the scores of `range`.
  ///
  /// - Parameters:
  ///   - range: positions of the layer's weights, in stored order.
  ///   - target: `[range.count]`.
  func score(layer: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>)
}

extension ImportancePredictor {
  /// Scores as from a table, in memory for the scores alone; those of pruned weights mean nothing.
  ///
  /// - Parameter features: with every column of ``featureNames``; anything else is a programming error and traps.
  /// - Returns: `[layers][weights of the layer]`, in stored order.
  public func scores(from features: some FeatureSource, targetDensity: Double) -> [[Float]] {
    guard let scorer = chunkScorer(for: features, targetDensity: targetDensity) else {
      return scores(for: features.table, targetDensity: targetDensity)
    }
    return features.prunableLayers.enumerated().map { layer, prunable in
      ParallelChunks(count: prunable.count, length: ChunkLength.weights).joined { range in
        [Float](unsafeUninitializedCapacity: range.count) { target, initialized in
          scorer.score(
            layer: layer, range: range,
            into: UnsafeMutableBufferPointer(rebasing: target[0..<range.count]))
          initialized = range.count
        }
      }
    }
  }
}

/// Number of weights processed at a time: with twenty columns they fill a third of a megabyte, within a core's cache.
package enum ChunkLength {
  package static var weights: Int { 1 << 12 }
}

extension FeatureSource {
  /// Positions of features among the source's columns.
  ///
  /// - Precondition: the source has these features.
  func positions(of wanted: [String]) -> [Int] {
    let known = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return wanted.map { name in
      guard let position = known[name] else {
        preconditionFailure(
          "the features have no '\(name)', only \(names.joined(separator: ", "))")
      }
      return position
    }
  }
}

/// Contributions of the features to one weight's score.
public struct ScoreExplanation: Hashable, Sendable {
  /// Contribution of one feature to the score.
  public struct Contribution: Hashable, Sendable, Codable {
    /// Name of the column.
    public var feature: String
    /// Raw value, as in the feature table.
    public var value: Float
    /// Summand of the score; products count with their first feature.
    public var contribution: Double
  }

  /// Score θᵀf, before calibration.
  public var score: Double
  /// Importance p̂, the calibrated σ of the score, 0 … 1.
  public var importance: Double
  /// Part of the score that no feature accounts for.
  public var intercept: Double
  /// Contributions, largest magnitude first; with ``intercept`` they sum to ``score``.
  public var contributions: [Contribution]
  /// Conditions met from the root of a tree to the weight's leaf; empty without a tree.
  public var path: [String]
}
