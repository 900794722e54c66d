import AutoPrune
import PruneCore
import TestSupport

@testable import PruneLearning

/// Small perceptrons trained on clusters, each a group of its own.
enum ClusterNetworks {
  static func trained(_ count: Int, engine: ReferenceEngine) throws -> [LearnableNetwork] {
    try (0..<count).compactMap { index -> LearnableNetwork? in
      let seed = UInt64(index + 1)
      let batch = TinyModels.clusters(count: 160, features: 6, classes: 4, seed: seed)
      var graph = TinyModels.mlp([6, 12 + 2 * index, 8, 4], seed: seed)
      let program = try engine.prepare(graph)
      for step in 0..<40 {
        _ = try engine.train(
          program, on: batch,
          step: TrainingStep(
            objective: .crossEntropy(labelSmoothing: 0), learningRate: 0.05, seed: UInt64(step)))
      }
      try graph.setParameters(try engine.parameters(of: program))
      guard case .labels(let labels) = batch.targets else { return nil }
      return try LearnableNetwork(
        name: "net \(index)", group: "family \(index)", graph: graph, inputs: batch.inputs[0],
        labels: labels)
    }
  }
}
