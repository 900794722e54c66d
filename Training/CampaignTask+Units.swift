import AutoPrune
import Foundation

extension CampaignTask {
  /// Every task behind the presets for whole units: networks with channels, hidden units, heads and residual branches.
  static func units(dataFolder: URL, seeds: Int, isSmoke: Bool) throws -> [CampaignTask] {
    var tasks: [CampaignTask] = []
    for data in try TaskData.available(in: dataFolder, isSmoke: isSmoke) where isWanted(data) {
      let isImage = data.exampleShape.count == 3
      let sequences = data.asSequences
      let networks =
        (isImage ? imageNetworks(data).map { (data, $0) } : [])
        + sequenceNetworks(sequences).map { (sequences, $0) } + [(data, perceptron(data))]
      for (index, (data, network)) in networks.enumerated() {
        for seed in 0..<seeds {
          tasks.append(
            CampaignTask(
              architecture: network.architecture, options: network.options, taskData: data,
              epochs: network.epochs, optimizer: .standardAdam, learningRate: 3e-3,
              seed: UInt64(1 + seed + 10 * index), granularity: .auto))
        }
      }
    }
    return tasks
  }

  private struct UnitNetwork {
    let architecture: Architecture
    let options: ArchitectureOptions
    let epochs: Double
  }

  /// Probing networks for large images would take most of the campaign's time.
  private static func isWanted(_ data: TaskData) -> Bool {
    data.exampleShape.reduce(1, *) < 28 * 28
  }

  private static func imageNetworks(_ data: TaskData) -> [UnitNetwork] {
    func options(_ change: (inout ArchitectureOptions) -> Void) -> ArchitectureOptions {
      var options = ArchitectureOptions(inputShape: data.exampleShape, classes: data.classes)
      change(&options)
      return options
    }
    // The digits are few: an epoch of theirs is a tenth of the others'.
    let epochs = data.epochs / 2
    return [
      UnitNetwork(
        architecture: .cnn([12, 24]), options: options { $0.hasBatchNormalization = true },
        epochs: epochs),
      UnitNetwork(
        architecture: .resnet(depth: 8), options: options { $0.widthMultiplier = 0.5 },
        epochs: epochs),
      UnitNetwork(
        architecture: .resnet(depth: 14), options: options { $0.channels = [8, 12, 16] },
        epochs: epochs),
      UnitNetwork(
        architecture: .mobilenetSmall, options: options { $0.channels = [8, 16, 24, 24] },
        epochs: epochs),
    ]
  }

  private static func sequenceNetworks(_ data: TaskData) -> [UnitNetwork] {
    func options(_ change: (inout ArchitectureOptions) -> Void) -> ArchitectureOptions {
      var options = ArchitectureOptions(inputShape: data.exampleShape, classes: data.classes)
      change(&options)
      return options
    }
    return [
      UnitNetwork(
        architecture: .lstm,
        options: options {
          $0.hidden = [32]
          $0.pooling = .mean
        }, epochs: data.epochs),
      UnitNetwork(
        architecture: .transformerSmall,
        options: options {
          $0.hidden = [32]
          $0.heads = 4
          $0.depth = 2
        }, epochs: data.epochs / 2),
      UnitNetwork(
        architecture: .transformerSmall,
        options: options {
          $0.hidden = [24]
          $0.heads = 8
          $0.depth = 3
        }, epochs: data.epochs / 2),
    ]
  }

  private static func perceptron(_ data: TaskData) -> UnitNetwork {
    UnitNetwork(
      architecture: .mlp([data.exampleShape.reduce(1, *), 64, 32, data.classes]),
      options: ArchitectureOptions(), epochs: data.epochs)
  }
}
