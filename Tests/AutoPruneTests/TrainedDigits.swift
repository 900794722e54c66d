import AutoPrune
import TorchBackend

/// A small perceptron trained on the embedded digits, once for all tests.
enum TrainedDigits {
  static let network = Task {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: 1), predictor: try .criterion(named: "magnitude"))
    return try await pruner.train(
      try Architecture("mlp:64-32-10").graph(
        options: ArchitectureOptions(inputShape: [1, 8, 8], classes: 10), seed: 1),
      on: try DataSet.digits(),
      plan: TrainingPlan(
        optimizer: .standardAdam, peakLearningRate: 5e-3, batchSize: 64, epochs: 10, seed: 1))
  }
}
