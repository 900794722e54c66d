public import Foundation
import PruneArchive
public import PruneController
public import PruneCore
public import PruneData
import PruneSupport

/// A trained network with its test score.
public struct TrainedNetwork: Sendable {
  /// Graph with the trained weights.
  public let graph: Graph
  /// Evaluation on the test part.
  public let evaluation: Evaluation
  /// Wall seconds of the training, with checkpoints and the final evaluation.
  public let wallSeconds: Double
  /// Mean training loss over the last tenth of the steps.
  public let loss: Double
}

/// File and interval of a training's checkpoints.
public struct CheckpointPolicy: Sendable {
  /// Checkpoint file, `.npz`, replaced whole at each write.
  public let file: URL
  /// Number of optimizer steps between two writes.
  public let stepInterval: Int
  /// `true` to resume from the file if it exists.
  public let resumes: Bool

  /// - Parameters:
  ///   - file: checkpoint file.
  ///   - stepInterval: number of optimizer steps between two writes.
  ///   - resumes: whether to resume from the file if it exists.
  /// - Precondition: `stepInterval` is above 0.
  public init(file: URL, stepInterval: Int, resumes: Bool) {
    precondition(stepInterval > 0, "interval is \(stepInterval), expected > 0")
    self.file = file
    self.stepInterval = stepInterval
    self.resumes = resumes
  }
}

extension AutoPruner {
  /// Trains a network on the training part of the data, or on all of its train examples.
  ///
  /// Training on the training part alone keeps the validation and certification parts unseen, so that a later
  /// ``prune(_:on:options:splitSeed:archive:checkpoint:progress:)`` can measure drops on them; on examples that it has
  /// memorised, a dense network looks better than it is.
  ///
  /// - Parameters:
  ///   - graph: network to train; not changed.
  ///   - data: train and test examples.
  ///   - plan: optimizer, schedule and length of the training.
  ///   - metric: metric of the final evaluation.
  ///   - usesAllTrainData: `true` to train on all train examples, not on the training part alone.
  ///   - splitSeed: seed of the split into parts.
  ///   - checkpoint: file and interval of checkpoints; `nil` for none.
  ///   - progress: called at each reported step.
  /// - Throws: ``DataError``, ``TrainingError`` and engine errors.
  public func train(
    _ graph: Graph, on data: DataSet, plan: TrainingPlan, metric: Metric = .accuracy,
    usesAllTrainData: Bool = false, splitSeed: UInt64 = 0, checkpoint: CheckpointPolicy? = nil,
    progress: @escaping @Sendable (TrainingProgress) -> Void = { _ in }
  ) async throws -> TrainedNetwork {
    let start = ContinuousClock.now
    let train = try data.train.fitted(to: graph)
    let examples = usesAllTrainData ? train : DataSplit(train, seed: splitSeed).training
    let test = try data.test.fitted(to: graph)
    let program = try engine.prepare(graph)
    let fingerprint =
      "\(data.fingerprint) \(examples.count) \(plan) \(NetworkFingerprint(of: graph).weightsHash)"
    var firstStep = 0
    if let checkpoint, checkpoint.resumes,
      FileManager.default.fileExists(atPath: checkpoint.file.path)
    {
      let saved = try TrainingCheckpoint(contentsOf: checkpoint.file, fingerprint: fingerprint)
      try saved.restore(into: program, of: engine)
      firstStep = saved.step
    }
    let engine = engine
    let loss = try Trainer(engine, plan: plan).train(
      program, on: examples, firstStep: firstStep
    ) { update in
      if let checkpoint,
        update.step.isMultiple(of: checkpoint.stepInterval) || update.step == update.steps
      {
        try TrainingCheckpoint(
          step: update.step, program: program, engine: engine, fingerprint: fingerprint
        ).write(to: checkpoint.file)
      }
      progress(update)
    }
    var trained = graph
    try trained.setParameters(try engine.parameters(of: program))
    let evaluation = try Evaluator<E>(metric: metric).evaluate(
      program, of: graph, with: engine, on: test)
    return TrainedNetwork(
      graph: trained, evaluation: evaluation, wallSeconds: (ContinuousClock.now - start).seconds,
      loss: loss)
  }
}
