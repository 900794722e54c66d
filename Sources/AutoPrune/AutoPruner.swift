import PruneArchive
public import PruneController
public import PruneCore
public import PruneData

/// Prunes, sweeps, trains and evaluates networks.
///
/// It owns its engine, so that calls never overlap, and works on a queue of its own, so that a long run blocks no other task.
///
/// ```swift
/// let pruner = AutoPruner(engine: try TorchEngine(), predictor: try .preset("default"))
/// let pruned = try await pruner.prune(model, on: data, budget: .maximumDrop(points: 0.5))
/// ```
public actor AutoPruner<E: Engine> {
  let engine: E
  let choice: CriterionChoice
  private let executor = LongWorkExecutor()

  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }

  /// - Parameters:
  ///   - engine: engine that runs the networks; it stays with the pruner.
  ///   - predictor: pruning criterion: `.preset("default")`, a preset of your own, or a hand-made criterion. For a
  ///     granularity other than ``Granularity/element``, that granularity's shipped preset replaces `default`.
  public init(engine: sending E, predictor: CriterionChoice) {
    self.engine = engine
    choice = predictor
  }

  /// Returns the smallest network found that keeps the budget, with the defaults of `autoprune prune`; see
  /// ``PruningController``.
  ///
  /// Cancelling the task ends the search: the best accepted network is returned, and its report says so in
  /// ``PruneReport/stoppedBy``.
  ///
  /// - Parameters:
  ///   - model: trained network; not changed.
  ///   - data: data set. Its train examples are split into a training, a validation and a certification part; its test
  ///     examples are only reported on.
  ///   - budget: accuracy budget, or size to reach.
  ///   - metric: metric that the budget is about.
  ///   - fineTuneEpochs: epochs of fine-tuning in all; 0 for none.
  ///   - seed: seed of all random choices but the split.
  ///   - progress: called with each progress event, on the pruner.
  /// - Throws: ``DataError`` where the data does not fit the model, ``GraphError``, ``EngineError``, ``TrainingError``, ``SelectionError``.
  public func prune(
    _ model: Graph, on data: DataSet, budget: Budget, metric: Metric = .accuracy,
    fineTuneEpochs: Double = 0, seed: UInt64 = 0,
    progress: @escaping @Sendable (PruningProgress) -> Void = { _ in }
  ) async throws -> PrunedNetwork {
    try await prune(
      model, on: data,
      options: PruningOptions(
        budget: budget, metric: metric, fineTuneEpochs: fineTuneEpochs, seed: seed,
        compensation: .closedForm, adaptation: AdaptationOptions()),
      progress: progress)
  }

  /// Prunes as ``prune(_:on:budget:metric:fineTuneEpochs:seed:progress:)`` does, with all options.
  ///
  /// - Parameters:
  ///   - model: trained network; not changed.
  ///   - data: data set. Its train examples are split into a training, a validation and a certification part; its test
  ///     examples are only reported on.
  ///   - options: budget and options of the run.
  ///   - splitSeed: seed of the split; the one with which the network was trained.
  ///   - archive: archive that records the run. A failing archive becomes a warning and never stops the run.
  ///   - checkpoint: storage of the run's state, for a resumption; `nil` for none.
  ///   - progress: called with each progress event, on the pruner.
  /// - Throws: as the other overload, and ``CheckpointError``.
  public func prune(
    _ model: Graph, on data: DataSet, options: PruningOptions, splitSeed: UInt64 = 0,
    archive: ArchiveTarget? = nil, checkpoint: RunCheckpoint? = nil,
    progress: @escaping @Sendable (PruningProgress) -> Void = { _ in }
  ) async throws -> PrunedNetwork {
    try GraphValidator().validate(model)
    let train = try data.train.fitted(to: model)
    let test = try data.test.fitted(to: model)
    let split = DataSplit(train, seed: splitSeed)
    let criterion = try choice.criterion(for: options.granularity)
    let recording = RunRecording(
      archive, model: model, data: data, options: options, criterion: criterion, engine: engine)
    let controller = PruningController(engine: engine, criterion: criterion, options: options)
    do {
      let outcome = try controller.prune(
        model, split: split, checkpoint: checkpoint?.adding(["data": data.fingerprint])
      ) { event in
        recording.note(event, progress: progress)
        progress(event)
      }
      let pruned = try PrunedNetwork(
        outcome, of: model, test: test, options: options, predictor: criterion.name, engine: engine)
      try recording.finish(pruned, split: split)
      if let failure = recording.failure { progress(.warning("\(failure)")) }
      return pruned
    } catch {
      recording.fail(error)
      throw error
    }
  }

  /// Measures the test metric at each sparsity; each time the dense network is pruned in one step.
  ///
  /// - Parameters:
  ///   - model: trained network; not changed.
  ///   - data: data set, split as for ``prune(_:on:options:splitSeed:archive:checkpoint:progress:)``.
  ///   - sparsities: sparsities to measure, in the order of the result.
  ///   - options: options of the run; the budget is not used.
  ///   - splitSeed: seed of the split.
  ///   - onPoint: called with each point when it is measured, on the pruner.
  public func sweep(
    _ model: Graph, on data: DataSet, sparsities: [Sparsity], options: PruningOptions,
    splitSeed: UInt64 = 0, onPoint: @escaping @Sendable (SweepPoint) -> Void = { _ in }
  ) async throws -> SweepResult {
    try GraphValidator().validate(model)
    let split = DataSplit(try data.train.fitted(to: model), seed: splitSeed)
    let criterion = try choice.criterion(for: options.granularity)
    return try Sweep(engine: engine, criterion: criterion, options: options).run(
      model, split: split, test: try data.test.fitted(to: model), sparsities: sparsities,
      onPoint: onPoint)
  }
}
