public import PruneCore
public import PruneData
public import PruneSelection
public import PruneSession

/// The predict → prune → fine-tune → evaluate loop, until the largest reduction that keeps the budget is found.
///
/// A budget on the metric is searched for: densities shrink by a factor that moves towards 1 at every failure, and a
/// failed state is undone. Decisions use the search part alone; the accepted networks are then tested on the certify part
/// in an order fixed beforehand, from the densest to the sparsest, with shares of the error probability fixed beforehand,
/// so that the search does not spoil the confidence of the certificate.
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
  ///   - criterion: the score that decides which weights or units are pruned.
  ///   - options: what is asked for; `budget` alone has no default.
  public init(engine: E, criterion: PruningCriterion, options: PruningOptions) {
    self.engine = engine
    self.criterion = criterion
    self.options = options
  }

  /// - Parameters:
  ///   - graph: a trained network; never changed.
  ///   - split: fit (statistics, fine-tuning), search (decisions), certify (the certificate alone).
  ///   - checkpoint: where the state of the run is kept; see ``RunCheckpoint``.
  /// - Throws: ``TrainingError``, ``SelectionError``, ``GraphError``, ``BudgetError``, ``CheckpointError`` and engine errors. Cancellation
  ///   and the time limit do not throw once a network was accepted: the best one is returned.
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
