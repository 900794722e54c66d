import Foundation

/// A decision tree grown on the logistic likelihood, or on the squared error of any targets, and pruned by cost and
/// complexity.
///
/// - Source: Breiman et al., *Classification and Regression Trees*, 1984, chapter 3 (weakest-link pruning).
public struct DecisionTreeFit: Hashable, Sendable {
  /// Number of leaves at which growing stops, best split first; cost-complexity pruning leaves fewer.
  public var maximumLeaves = 64
  /// Largest number of tests from root to leaf; ``SplitTree/maximumDepth`` at most.
  public var maximumDepth = 16
  /// Smallest sum of row weights in a leaf; a split that would leave less on a side is not made.
  public var minimumLeafWeight = 20.0
  /// Number of bins per column, 2 … 255.
  public var binCount = 128
  /// Smallest gain per leaf and unit of weight, in log-likelihood or in squared error over the targets' variance; a
  /// subtree that gains less is cut. `nil` chooses it on held-out groups.
  public var complexity: Double? = 0
  /// Weight of rows at the overall mean that every leaf is smoothed with.
  public var smoothing = 1.0

  /// Up to 64 leaves, unpruned, unless set otherwise.
  public init() {}

  /// Fits the log-odds of survival.
  ///
  /// - Parameters:
  ///   - rows: one column per feature name, and one more with ``TargetSparsity/coordinate(density:)`` last.
  ///   - featureNames: names of the columns, each once.
  ///   - targetSparsity: the map that made the last column.
  /// - Throws: ``PredictorError``.
  public func fit(
    _ rows: LabelledRows, featureNames: [String], targetSparsity: TargetSparsity = .standard
  ) throws(PredictorError) -> DecisionTreePredictor {
    guard let first = rows.labels.first else { throw .noData("labelled row") }
    guard rows.labels.contains(where: { $0 != first }) || (first > 0 && first < 1) else {
      throw .oneClass(rows: rows.count, label: first)
    }
    return try fit(
      rows, targets: rows.labels, criterion: .likelihood, featureNames: featureNames,
      targetSparsity: targetSparsity)
  }

  /// Fits any scores by least squares.
  ///
  /// - Parameters:
  ///   - targets: `[rows]`, in place of the labels.
  package func fit(
    _ rows: LabelledRows, targets: [Float], criterion: SplitCriterion, featureNames: [String],
    targetSparsity: TargetSparsity = .standard
  ) throws(PredictorError) -> DecisionTreePredictor {
    guard rows.columns.count == featureNames.count + 1 else {
      throw .wrongCount(
        what: "columns", got: rows.columns.count, expected: featureNames.count + 1)
    }
    guard rows.count > 0 else { throw .noData("labelled row") }
    guard targets.count == rows.count else {
      throw .wrongCount(what: "targets", got: targets.count, expected: rows.count)
    }
    guard rows.count <= Int(Int32.max) else {
      throw .outOfRange(what: "the number of rows", got: "\(rows.count)", expected: "< 2³¹")
    }
    let unit = criterion == .likelihood ? 1 : Self.variance(of: targets)
    let chosen =
      if let complexity { complexity * unit } else {
        try chooseComplexity(rows, targets, criterion, unit: unit)
      }
    return grown(rows, targets, criterion).pruned(complexity: chosen).predictor(
      featureNames: featureNames, targetSparsity: targetSparsity, smoothing: smoothing)
  }

  private func grown(
    _ rows: LabelledRows, _ targets: [Float], _ criterion: SplitCriterion
  ) -> GrownTree {
    let bins = FeatureBins(rows.columns, maximumBins: binCount)
    let nodes = TreeGrowth(
      targets: targets, weights: rows.weights, bins: bins, criterion: criterion,
      minimumLeafWeight: minimumLeafWeight,
      maximumDepth: min(maximumDepth, SplitTree.maximumDepth)
    ).grow(maximumLeaves: maximumLeaves)
    return GrownTree(nodes, bins: bins, criterion: criterion)
  }

  /// The complexity, of a geometric grid, with the lowest loss on held-out groups.
  private func chooseComplexity(
    _ rows: LabelledRows, _ targets: [Float], _ criterion: SplitCriterion, unit: Double
  ) throws(PredictorError) -> Double {
    let folds = try CrossValidation(groups: rows.groups, maximumFolds: 5).folds
    let grid = [0] + (0..<12).map { unit * 1e-5 * Foundation.pow(10, Double($0) / 3) }
    var losses = [Double](repeating: 0, count: grid.count)
    for fold in folds {
      let tree = grown(rows.subset(fold.training), fold.training.map { targets[$0] }, criterion)
      let heldOut = rows.subset(fold.heldOut)
      let own = fold.heldOut.map { targets[$0] }
      for (index, complexity) in grid.enumerated() {
        losses[index] += tree.pruned(complexity: complexity).loss(
          columns: heldOut.columns, targets: own, weights: heldOut.weights,
          rows: [0..<heldOut.count], smoothing: smoothing)
      }
    }
    let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
    return grid[best]
  }

  private static func variance(of targets: [Float]) -> Double {
    let mean = targets.reduce(0) { $0 + Double($1) } / Double(targets.count)
    let squares = targets.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return max(squares / Double(targets.count), 1e-12)
  }
}
