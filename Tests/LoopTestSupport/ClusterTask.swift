package import PruneCore
package import PruneData
package import PruneTraining
package import TestSupport

/// A small perceptron trained to tell three Gaussian clusters apart, and its data.
package struct ClusterTask {
  package let graph: Graph
  package let split: DataSplit
  package let test: ExampleSet

  /// Trained once for all tests.
  package static let shared: Result<ClusterTask, any Error> = Result {
    try ClusterTask(examples: 1_200)
  }

  /// - Parameter examples: a sixth each goes to search and certify.
  package init(examples: Int, spread: Float = 0.7) throws {
    split = DataSplit(try Self.clusters(examples, spread: spread, seed: 1), seed: 0)
    test = try Self.clusters(90, spread: spread, seed: 1, skipping: examples)
    graph = try Self.trained(on: split.training)
  }

  /// The network of another task with other data to judge it by.
  package init(_ task: ClusterTask, split: DataSplit) {
    graph = task.graph
    self.split = split
    test = task.test
  }

  package static func clusters(
    _ count: Int, spread: Float, seed: UInt64, skipping skipped: Int = 0
  ) throws -> ExampleSet {
    let batch = TinyModels.clusters(count: skipped + count, spread: spread, seed: seed)
    return try ExampleSet(inputs: batch.inputs, targets: batch.targets, named: "clusters")
      .subset(Array(skipped..<skipped + count))
  }

  package static func trained(on examples: ExampleSet) throws -> Graph {
    let engine = ReferenceEngine()
    var graph = TinyModels.mlp([4, 12, 3])
    let program = try engine.prepare(graph)
    let plan = TrainingPlan(
      optimizer: .standardAdam, peakLearningRate: 0.02, batchSize: 48, epochs: 8, seed: 1)
    try Trainer(engine, plan: plan).train(program, on: examples)
    try graph.setParameters(try engine.parameters(of: program))
    return graph
  }
}
