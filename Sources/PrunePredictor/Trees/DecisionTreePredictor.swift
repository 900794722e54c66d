public import PruneFeatures

/// A constant score in every leaf of a tree.
public struct DecisionTreePredictor: TrainablePredictor, Hashable {
  /// Its leaves hold the scores.
  public var tree: SplitTree
  /// One per leaf, in the order of the tree's nodes.
  public var leafScores: [Double]
  public var calibration: ScoreCalibration

  /// - Precondition: one score per leaf.
  public init(
    tree: SplitTree, leafScores: [Double], calibration: ScoreCalibration = .identity
  ) {
    precondition(
      leafScores.count == tree.leafCount,
      "\(leafScores.count) scores for \(tree.leafCount) leaves")
    self.tree = tree
    self.leafScores = leafScores
    self.calibration = calibration
  }

  public var kind: PredictorKind { .tree }
  public var featureNames: [String] { tree.featureNames }

  public var parameters: [Double] {
    get { leafScores }
    set {
      self = DecisionTreePredictor(tree: tree, leafScores: newValue, calibration: calibration)
    }
  }

  public func scores(for table: FeatureTable, targetDensity: Double) -> [[Float]] {
    scorer(for: table).scores(leafScores, targetDensity: targetDensity)
  }

  public func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)? {
    TreeChunkScorer(
      tree, leafScores: leafScores, features: features, targetDensity: targetDensity)
  }

  public func scorer(for table: FeatureTable) -> any ParameterScorer {
    TreeScorer(tree: tree, table: table)
  }

  public func explanation(
    of connection: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation {
    let sparsity = Float(tree.targetSparsity.coordinate(density: targetDensity))
    let columns = table.layers[layer].columns
    let leaf = tree.leaf(sparsity: sparsity) {
      columns[table.columnIndex(of: tree.featureNames[$0])][connection]
    }
    let score = leafScores[tree.leafNumbers[leaf]]
    return ScoreExplanation(
      score: score, importance: Double(calibration.probability(score: Float(score))),
      intercept: score, contributions: [],
      path: tree.path(
        of: connection, inLayer: layer, of: table, targetDensity: targetDensity))
  }
}

private struct TreeScorer: ParameterScorer {
  let tree: SplitTree
  let table: FeatureTable

  func scores(_ parameters: [Double], targetDensity: Double) -> [[Float]] {
    tree.leafNumbers(of: table, targetDensity: targetDensity).map { layer in
      layer.map { Float(parameters[$0]) }
    }
  }

  func parameterGradient(_ scoreGradients: [[Float]], targetDensity: Double) -> [Double] {
    var result = [Double](repeating: 0, count: tree.leafCount)
    let leaves = tree.leafNumbers(of: table, targetDensity: targetDensity)
    for (numbers, gradients) in zip(leaves, scoreGradients) {
      for (number, gradient) in zip(numbers, gradients) { result[number] += Double(gradient) }
    }
    return result
  }
}
