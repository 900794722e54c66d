import AutoPrune
import Foundation

extension CampaignTask {
  /// Every task of the campaign: architectures × data sets × seeds, from under-trained to well-trained.
  ///
  /// 784-40-20-10 is left out: MLPNet is what the predictor is judged on.
  static func all(dataFolder: URL, seeds: Int, isSmoke: Bool) throws -> [CampaignTask] {
    let sets = try TaskData.available(in: dataFolder, isSmoke: isSmoke)
    return sets.flatMap { data in
      networks(for: data, isSmoke: isSmoke).enumerated().flatMap { position, network in
        network.tasks(on: data, position: position, seeds: seeds)
      }
    }
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
