public import PruneCore
public import PruneData
public import PruneSelection
public import PruneSession

/// The predict → prune → fine-tune → evaluate loop, until the largest reduction that keeps the budget is found.
///
/// For a budget on the metric, densities shrink by a factor that moves towards 1 at every failure, and a failed network is
/// rolled back. Decisions use the validation part alone; the candidates are then tested on the certification part in an
/// order fixed beforehand, from the densest to the sparsest, with shares of the error probability fixed beforehand, so that
/// the search does not spoil the confidence of the certificate.
///
/// - Source: fixed-sequence testing as in Angelopoulos et al., *Learn then Test*, 2021,
///   [arXiv:2110.01052](https://arxiv.org/abs/2110.01052), §2.2, with candidates ordered as in Laufer-Goldshtein et al.,
///   *Pareto Testing*, 2022, [arXiv:2210.07913](https://arxiv.org/abs/2210.07913).
public struct PruningController<E: Engine> {
  private let engine: E
  private let criterion: PruningCriterion
  private let options: PruningOptions

  /// - Parameters:
  ///   - engine: runs, differentiates and trains the networks.
  ///   - criterion: pruning criterion, the score that decides which weights or units are pruned.
  ///   - options: options of the run; `budget` alone has no default.
  public init(engine: E, criterion: PruningCriterion, options: PruningOptions) {
    self.engine = engine
    self.criterion = criterion
    self.options = options
  }

  /// Prunes a network as far as the budget allows.
  ///
  /// - Parameters:
  ///   - graph: trained network; never changed.
  ///   - split: training part (statistics, fine-tuning), validation part (decisions) and certification part (the
  ///     certificate alone).
  ///   - checkpoint: storage of the run's state; see ``RunCheckpoint``. `nil` for none.
  ///   - progress: called with each progress event.
  /// - Throws: ``TrainingError``, ``SelectionError``, ``GraphError``, ``BudgetError``, ``CheckpointError`` and engine errors.
  ///   Cancellation and the time limit do not throw once a network was accepted: the best one is returned.
  public func prune(
    _ graph: Graph, split: DataSplit, checkpoint: RunCheckpoint? = nil,
    progress: @escaping (PruningProgress) -> Void = { _ in }
  ) throws -> PruningOutcome {
    let run = try PruningRun(
      graph: graph, split: split, engine: engine, criterion: criterion, options: options,
      checkpoint: checkpoint, progress: progress)
    switch options.budget {
    case .sparsity(let sparsity):
      return try StatedSizeSearch(run: run).reach(sparsity)
    case .cost(_, let limit):
      return try StatedSizeSearch(run: run).reach(limit)
    case .maximumDrop(let points):
      guard points >= 0 else { throw BudgetError.negativeDrop(points) }
      return try MetricSearch(run: run).search(maxDropPoints: points)
    case .metricBound(let value):
      guard value.isFinite, value >= 0 else {
        throw BudgetError.metricOutOfRange(value, options.metric)
      }
      return try MetricSearch(run: run).search(downTo: value)
    }
  }
}
