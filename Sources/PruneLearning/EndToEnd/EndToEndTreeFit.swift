public import PruneCore
public import PrunePredictor
import PruneSupport

/// End-to-end fit of trees: grows them on the loss of networks after pruning by their scores. Default numbers are chosen by
/// hand.
///
/// The gradient of that loss with respect to the scores is the pseudo-residual that a tree fits by least squares; the
/// tree is pruned back by cost and complexity, chosen on held-out groups; the parameters of its leaves are then fitted
/// by ``EndToEndFit``, that is by GSL's BFGS on the loss itself.
///
/// - Source: Friedman, *Greedy function approximation: a gradient boosting machine*, Annals of Statistics 29, 2001
///   (pseudo-residuals, leaf values by line search); Breiman et al., *Classification and Regression Trees*, 1984,
///   chapter 3 (pruning); Landwehr, Hall & Frank, *Logistic Model Trees*, Machine Learning 59, 2005.
public struct EndToEndTreeFit: Hashable, Sendable {
  /// Largest number of leaves of a tree of constants.
  public var maximumLeaves = 128
  /// Largest number of leaves of a tree with a θ in each.
  public var maximumModelLeaves = 6
  /// Length of the step along the pseudo-residuals, in standard deviations of the scores.
  public var step = 0.3
  /// Temperature of the relaxed selection, in standard deviations of the scores.
  public var temperature = 0.1
  /// Number of weights sampled from each task for the tree to grow on.
  public var rowsPerTask = 4_000
  /// Complexity of cost-complexity pruning, see ``DecisionTreeFit/complexity``; `nil` chooses it on held-out groups.
  public var complexity: Double?
  /// Fit of the parameters of the leaves.
  public var leaves = EndToEndFit()
  /// Seed of the sample of weights.
  public var seed: UInt64 = 0

  /// A fit of the leaves in two short stages, unless set otherwise.
  public init() {
    leaves.temperatures = [0.12, 0.07]
    leaves.iterationsPerStage = 12
    leaves.ridge = 0.02
  }

  /// Grows the tree of constants nearest to one step of steepest descent from `predictor`, then fits its leaves.
  ///
  /// Called again with its result, it grows a new tree on the gradient there.
  public func tree<E: Engine>(
    from predictor: some ImportancePredictor, featureNames: [String],
    on tasks: [PruningTask<E.Program>], engine: E,
    progress: (EndToEndFit.Stage) -> Void = { _ in }
  ) throws -> DecisionTreePredictor {
    let sample = try residuals(of: predictor, featureNames: featureNames, on: tasks, engine: engine)
    let targets = zip(sample.scores, sample.residuals).map { $0 + Float(step) * $1 }
    let grown = try growth(maximumLeaves).fit(
      sample.rows, targets: targets, criterion: .squaredError, featureNames: featureNames)
    return try leaves.fit(grown, on: tasks, engine: engine, progress: progress).predictor
  }

  /// Grows a tree that splits weights where the loss asks for a different θ, then fits the θ of its leaves, starting
  /// from that of `predictor`.
  public func modelTree<E: Engine>(
    from predictor: LogisticPredictor, on tasks: [PruningTask<E.Program>], engine: E,
    progress: (EndToEndFit.Stage) -> Void = { _ in }
  ) throws -> LogisticModelTreePredictor {
    let sample = try residuals(
      of: predictor, featureNames: predictor.featureNames, on: tasks, engine: engine)
    let grown = try growth(maximumModelLeaves).fit(
      sample.rows, targets: sample.residuals, criterion: .squaredError,
      featureNames: predictor.featureNames)
    let start = LogisticModelTreePredictor(predictor, splitBy: grown.tree)
    return try leaves.fit(start, on: tasks, engine: engine, progress: progress).predictor
  }

  private func growth(_ leaves: Int) -> DecisionTreeFit {
    var fit = DecisionTreeFit()
    fit.maximumLeaves = leaves
    fit.minimumLeafWeight = 50
    fit.complexity = complexity
    return fit
  }

  private func residuals<E: Engine>(
    of predictor: some ImportancePredictor, featureNames: [String],
    on tasks: [PruningTask<E.Program>], engine: E
  ) throws -> PseudoResiduals {
    var generator = SeededGenerator(seed: seed, stream: "pseudo-residuals")
    return try PseudoResiduals(
      of: predictor, on: tasks, engine: engine, featureNames: featureNames,
      targetSparsity: .standard, temperature: temperature, rowsPerTask: rowsPerTask,
      generator: &generator)
  }
}
