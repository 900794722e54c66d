import AutoPrune
import TorchBackend

/// A network of the campaign and how it is trained, before data and seed are settled.
struct NetworkChoice {
  var architecture: Architecture
  var options = ArchitectureOptions()
  var epochs: Double
  var optimizer = TrainingStep.Optimizer.standardAdam
  var learningRate: Float = 2e-3

  /// - Parameter position: among the choices for these data; with it seeds differ between networks.
  func tasks(
    on data: TaskData, position: Int, seeds: Int, removing granularity: Granularity = .element
  ) -> [CampaignTask] {
    (0..<seeds).map { seed in
      CampaignTask(
        architecture: architecture, options: options, taskData: data, epochs: epochs,
        optimizer: optimizer, learningRate: learningRate, seed: UInt64(1 + seed + 10 * position),
        granularity: granularity)
    }
  }
}
