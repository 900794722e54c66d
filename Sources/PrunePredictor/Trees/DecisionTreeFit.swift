import Foundation

/// A decision tree grown on the logistic likelihood and pruned by cost and complexity.
///
/// - Source: Breiman et al., *Classification and Regression Trees*, 1984, chapter 3 (weakest-link pruning).
public struct DecisionTreeFit: Hashable, Sendable {
  public var maximumLeaves = 64
  public var maximumDepth = 16
  public var minimumLeafWeight = 20.0
  /// Bins per column, 2 … 255.
  public var binCount = 128
  /// Log-likelihood, per unit of weight, that a leaf must be worth; a subtree that gives less per leaf is cut.
  /// `nil` chooses it on held-out families.
  public var complexity: Double? = 0
  /// Weight of rows at the overall rate that every leaf is smoothed with.
  public var smoothing = 1.0

  public init() {}

  /// - Parameters:
  ///   - rows: one column per feature name, and one more with ``TargetSparsity/coordinate(density:)`` last.
  /// - Throws: ``PredictorError``.
  public func fit(
    _ rows: LabelledRows, featureNames: [String], targetSparsity: TargetSparsity = .standard
  ) throws(PredictorError) -> DecisionTreePredictor {
    guard rows.columns.count == featureNames.count + 1 else {
      throw .wrongCount(
        what: "columns", got: rows.columns.count, expected: featureNames.count + 1)
    }
    guard let first = rows.labels.first else { throw .noData("labelled row") }
    guard rows.labels.contains(where: { $0 != first }) || (first > 0 && first < 1) else {
      throw .oneClass(rows: rows.count, label: first)
    }
    guard rows.count <= Int(Int32.max) else {
      throw .outOfRange(what: "the number of rows", got: "\(rows.count)", expected: "< 2³¹")
    }
    let chosen = if let complexity { complexity } else { try chooseComplexity(rows) }
    let grown = GrownTree(grow(rows), bins: bins(of: rows))
    return grown.pruned(complexity: chosen).predictor(
      featureNames: featureNames, targetSparsity: targetSparsity, smoothing: smoothing)
  }

  private func bins(of rows: LabelledRows) -> FeatureBins {
    FeatureBins(rows.columns, maximumBins: binCount)
  }

  private func grow(_ rows: LabelledRows) -> [TreeGrowth.GrownNode] {
    TreeGrowth(
      rows: rows, bins: bins(of: rows), minimumLeafWeight: minimumLeafWeight,
      maximumDepth: min(maximumDepth, SplitTree.maximumDepth)
    ).grow(maximumLeaves: maximumLeaves)
  }

  /// The complexity, of a geometric grid, with the highest likelihood on held-out families.
  private func chooseComplexity(_ rows: LabelledRows) throws(PredictorError) -> Double {
    let folds = try CrossValidation(families: rows.families, maximumFolds: 5).folds
    let grid = [0] + (0..<12).map { 1e-5 * Foundation.pow(10, Double($0) / 3) }
    var losses = [Double](repeating: 0, count: grid.count)
    for fold in folds {
      let (training, heldOut) = (rows.subset(fold.training), rows.subset(fold.heldOut))
      let grown = GrownTree(grow(training), bins: bins(of: training))
      for (index, complexity) in grid.enumerated() {
        losses[index] += grown.pruned(complexity: complexity).loss(
          on: heldOut, smoothing: smoothing)
      }
    }
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    return grid[best]
  }
}
