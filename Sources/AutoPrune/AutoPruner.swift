import PruneArchive
public import PruneController
public import PruneCore
public import PruneData

/// Prunes, sweeps, trains and evaluates networks; owns its engine, so that calls never overlap.
///
/// ```swift
/// let pruner = AutoPruner(engine: try TorchEngine(), predictor: try .preset("default"))
/// let pruned = try await pruner.prune(model, on: data, budget: .maximumDrop(points: 0.5))
/// ```
public actor AutoPruner<E: Engine> {
  let engine: E
  let choice: CriterionChoice

  /// - Parameters:
  ///   - engine: what runs the networks; it stays with the pruner.
  ///   - predictor: what decides; `.preset("default")`, a preset of your own, or a criterion. At granularities but
  ///     ``Granularity/element`` their own shipped preset takes the place of `default`.
  public init(engine: sending E, predictor: CriterionChoice) {
    self.engine = engine
    choice = predictor
  }

  /// The smallest network found that keeps the budget, with the defaults of `autoprune prune`; see ``PruningController``.
  ///
  /// Cancelling the task ends the search; the best accepted network is returned.
  /// - Parameters:
  ///   - model: a trained network, never changed.
  ///   - data: its train part is split into fit, search and certify; its test part is only reported on.
  ///   - budget: the promise.
  ///   - metric: what the promise is about.
  ///   - fineTuneEpochs: epochs of recovery training in all; 0 = none.
  ///   - seed: of everything random but the split.
  ///   - progress: called with every event of the search, on the pruner.
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

  /// As ``prune(_:on:budget:metric:fineTuneEpochs:seed:progress:)``, with every option.
  ///
  /// - Parameters:
  ///   - model: a trained network, never changed.
  ///   - data: its train part is split into fit, search and certify; its test part is only reported on.
  ///   - options: the promise and how the search goes about it.
  ///   - splitSeed: seed of the fit/search/certify split; the one the network was trained with.
  ///   - archive: where the run is remembered; a failing archive is told as a warning and never stops the run.
  ///   - checkpoint: where the run's state is kept, so that it can go on after an interruption.
  ///   - progress: called with every event of the search, on the pruner.
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

  /// Test metric at each sparsity, the dense network pruned in one step each time.
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
