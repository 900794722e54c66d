public import PruneFeatures

/// Decision tree with a θ of its own in every leaf.
///
/// - Source: Landwehr, Hall & Frank, *Logistic Model Trees*, Machine Learning 59, 2005.
public struct LogisticModelTreePredictor: TrainablePredictor, Hashable {
  /// Tree that selects the θ by which a weight is scored.
  public var tree: SplitTree
  /// Basis that every θ multiplies; the same in all leaves.
  public var basis: FeatureBasis
  /// θ of each leaf, in the order of the tree's nodes, with one coefficient per term.
  public var leafCoefficients: [[Double]]
  public var calibration: ScoreCalibration

  /// - Precondition: one θ per leaf, one coefficient per term.
  public init(
    tree: SplitTree, basis: FeatureBasis, leafCoefficients: [[Double]],
    calibration: ScoreCalibration = .identity
  ) {
    precondition(
      leafCoefficients.count == tree.leafCount
        && leafCoefficients.allSatisfy { $0.count == basis.terms.count },
      "coefficients do not fit \(tree.leafCount) leaves of \(basis.terms.count) terms")
    self.tree = tree
    self.basis = basis
    self.leafCoefficients = leafCoefficients
    self.calibration = calibration
  }

  /// A tree with the θ of `predictor` in every leaf, as a start of a fit of the leaves.
  public init(_ predictor: LogisticPredictor, splitBy tree: SplitTree) {
    self.init(
      tree: tree, basis: predictor.basis,
      leafCoefficients: [[Double]](repeating: predictor.coefficients, count: tree.leafCount),
      calibration: predictor.calibration)
  }

  public var kind: PredictorKind { .logisticTree }

  public var featureNames: [String] {
    basis.featureNames + tree.featureNames.filter { !basis.featureNames.contains($0) }
  }

  public var parameters: [Double] {
    get { leafCoefficients.flatMap { $0 } }
    set {
      let count = basis.terms.count
      precondition(newValue.count == count * tree.leafCount, "\(newValue.count) parameters")
      leafCoefficients = (0..<tree.leafCount).map {
        Array(newValue[$0 * count..<($0 + 1) * count])
      }
    }
  }

  public func scores(for table: FeatureTable, targetDensity: Double) -> [[Float]] {
    scorer(for: table).scores(parameters, targetDensity: targetDensity)
  }

  public func chunkScorer(
    for features: some FeatureSource, targetDensity: Double
  ) -> (any ChunkScorer)? {
    TreeChunkScorer(
      tree,
      leaves: leafCoefficients.map {
        BasisChunkScorer(
          basis, coefficients: $0, features: features, targetDensity: targetDensity)
      }, features: features, targetDensity: targetDensity)
  }

  public func scorer(for table: FeatureTable) -> any ParameterScorer {
    ModelTreeScorer(
      tree: tree, termCount: basis.terms.count, table: table,
      evaluator: BasisEvaluator(basis, table: table))
  }

  public func explanation(
    of weight: Int, inLayer layer: Int, of table: FeatureTable, targetDensity: Double
  ) -> ScoreExplanation {
    let values = BasisEvaluator(basis, table: table).termValues(
      layer: layer, weight: weight, density: targetDensity)
    let sparsity = Float(tree.targetSparsity.coordinate(density: targetDensity))
    let columns = table.layers[layer].columns
    let leaf = tree.leaf(sparsity: sparsity) {
      columns[table.columnIndex(of: tree.featureNames[$0])][weight]
    }
    return basis.explanation(
      termValues: values, coefficients: leafCoefficients[tree.leafNumbers[leaf]],
      calibration: calibration,
      path: tree.path(of: weight, inLayer: layer, of: table, targetDensity: targetDensity)
    ) { columns[table.columnIndex(of: $0)][weight] }
  }
}

private struct ModelTreeScorer: ParameterScorer {
  let tree: SplitTree
  let termCount: Int
  let table: FeatureTable
  let evaluator: BasisEvaluator

  func scores(_ parameters: [Double], targetDensity: Double) -> [[Float]] {
    let leaves = tree.leafNumbers(of: table, targetDensity: targetDensity)
    var result = leaves.map { [Float](repeating: 0, count: $0.count) }
    for leaf in 0..<tree.leafCount {
      let own = Array(parameters[leaf * termCount..<(leaf + 1) * termCount])
      let scores = evaluator.scores(own, density: targetDensity)
      for layer in leaves.indices {
        for (weight, number) in leaves[layer].enumerated() where number == leaf {
          result[layer][weight] = scores[layer][weight]
        }
      }
    }
    return result
  }

  func parameterGradient(_ scoreGradients: [[Float]], targetDensity: Double) -> [Double] {
    let leaves = tree.leafNumbers(of: table, targetDensity: targetDensity)
    return (0..<tree.leafCount).flatMap { leaf in
      let own = zip(scoreGradients, leaves).map { gradients, numbers in
        zip(gradients, numbers).map { $1 == leaf ? $0 : 0 }
      }
      return evaluator.pullback(own, density: targetDensity)
    }
  }
}
