public import Foundation
import PruneArchive
public import PruneController
public import PruneCore
public import PruneData
import PruneSupport

/// A trained network with its test score.
public struct TrainedNetwork: Sendable {
  /// The graph that was given, with trained weights.
  public let graph: Graph
  /// On the test part.
  public let evaluation: Evaluation
  /// Of the training with its checkpoints and the final evaluation.
  public let wallSeconds: Double
  /// Mean loss over the last tenth of the steps.
  public let loss: Double
}

/// Where a training keeps its state, and how often.
public struct CheckpointPolicy: Sendable {
  /// An `.npz` file, replaced whole at each write.
  public let file: URL
  /// Steps between two writes.
  public let stepInterval: Int
  /// Whether to go on from the file if it exists.
  public let resumes: Bool

  /// - Precondition: `stepInterval` is above 0.
  public init(file: URL, stepInterval: Int, resumes: Bool) {
    precondition(stepInterval > 0, "interval is \(stepInterval), expected > 0")
    self.file = file
    self.stepInterval = stepInterval
    self.resumes = resumes
  }
}

extension AutoPruner {
  /// Trains a network on the fit part of the data, or on the whole train part.
  ///
  /// Training on the fit part alone keeps search and certify unseen, so that a later ``prune(_:on:options:splitSeed:archive:checkpoint:progress:)``
  /// can judge drops on them; on examples it has memorised, a dense network looks better than it is.
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
