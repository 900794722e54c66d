import AutoPrune
import Foundation

extension CampaignTask {
  /// Every task of the campaign: architectures × data sets × seeds, from under-trained to well-trained.
  ///
  /// 784-40-20-10 is left out: MLPNet is what the predictor is judged on.
  static func all(dataFolder: URL, seeds: Int, isSmoke: Bool) throws -> [CampaignTask] {
    let sets = try TaskData.available(in: dataFolder, isSmoke: isSmoke)
    var tasks: [CampaignTask] = []
    for data in sets {
      for (index, network) in networks(for: data, isSmoke: isSmoke).enumerated() {
        for seed in 0..<seeds {
          tasks.append(
            CampaignTask(
              architecture: network.architecture, options: network.options, taskData: data,
              epochs: network.epochs, optimizer: network.optimizer,
              learningRate: network.learningRate, seed: UInt64(1 + seed + 10 * index)))
        }
      }
    }
    return tasks
  }

  private struct NetworkChoice {
    var architecture: Architecture
    var options = ArchitectureOptions()
    var epochs: Double
    var optimizer = TrainingStep.Optimizer.standardAdam
    var learningRate: Float = 2e-3
  }

  private static func networks(for data: TaskData, isSmoke: Bool) -> [NetworkChoice] {
    let inputs = data.exampleShape.reduce(1, *)
    let classes = data.classes
    func perceptron(_ hidden: [Int]) -> Architecture { .mlp([inputs] + hidden + [classes]) }
    let image = ArchitectureOptions(inputShape: data.exampleShape, classes: classes)
    var choices = [
      NetworkChoice(architecture: perceptron([32, 16]), epochs: data.epochs),
      NetworkChoice(
        architecture: perceptron([64, 32, 16]), epochs: data.epochs / 3, optimizer: .momentum,
        learningRate: 0.02),
    ]
    if isSmoke { return choices }
    choices += [
      NetworkChoice(architecture: perceptron([100]), epochs: data.epochs),
      NetworkChoice(
        architecture: perceptron([48, 24, 24, 12]), epochs: data.epochs, optimizer: .momentum,
        learningRate: 0.05),
    ]
    if data.exampleShape.count == 3 {
      choices += [
        NetworkChoice(
          architecture: .cnn([8, 16]), options: image, epochs: data.epochs, learningRate: 5e-3),
        NetworkChoice(
          architecture: .cnn([6, 12, 24]), options: image, epochs: data.epochs, learningRate: 5e-3),
      ]
    }
    return choices
  }
}
