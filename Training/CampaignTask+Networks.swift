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

extension CampaignTask {
  /// Every task behind the presets for whole units: networks with channels, hidden units, heads and residual branches.
  static func units(dataFolder: URL, seeds: Int, isSmoke: Bool) throws -> [CampaignTask] {
    try TaskData.available(in: dataFolder, isSmoke: isSmoke).filter(isWanted).flatMap { data in
      let sequences = data.asSequences
      let networks =
        (data.exampleShape.count == 3 ? imageNetworks(data).map { (data, $0) } : [])
        + sequenceNetworks(sequences).map { (sequences, $0) } + [(data, perceptron(data))]
      return networks.enumerated().flatMap { position, choice in
        choice.1.tasks(on: choice.0, position: position, seeds: seeds, removing: .auto)
      }
    }
  }

  /// `true` for small inputs; probing networks for large images would take most of the campaign's time.
  private static func isWanted(_ data: TaskData) -> Bool {
    data.exampleShape.reduce(1, *) < 28 * 28
  }

  private static func imageNetworks(_ data: TaskData) -> [NetworkChoice] {
    [
      choice(.cnn([12, 24]), on: data, epochs: data.epochs / 2) {
        $0.hasBatchNormalization = true
      },
      choice(.resnet(depth: 8), on: data, epochs: data.epochs / 2) { $0.widthMultiplier = 0.5 },
      choice(.resnet(depth: 14), on: data, epochs: data.epochs / 2) { $0.channels = [8, 12, 16] },
      choice(.mobilenetSmall, on: data, epochs: data.epochs / 2) { $0.channels = [8, 16, 24, 24] },
    ]
  }

  private static func sequenceNetworks(_ data: TaskData) -> [NetworkChoice] {
    [
      choice(.lstm, on: data, epochs: data.epochs) {
        $0.hidden = [32]
        $0.pooling = .mean
      },
      choice(.transformerSmall, on: data, epochs: data.epochs / 2) {
        $0.hidden = [32]
        $0.heads = 4
        $0.depth = 2
      },
      choice(.transformerSmall, on: data, epochs: data.epochs / 2) {
        $0.hidden = [24]
        $0.heads = 8
        $0.depth = 3
      },
    ]
  }

  private static func perceptron(_ data: TaskData) -> NetworkChoice {
    NetworkChoice(
      architecture: .mlp([data.exampleShape.reduce(1, *), 64, 32, data.classes]),
      epochs: data.epochs, learningRate: 3e-3)
  }

  private static func choice(
    _ architecture: Architecture, on data: TaskData, epochs: Double,
    _ change: (inout ArchitectureOptions) -> Void
  ) -> NetworkChoice {
    var options = ArchitectureOptions(inputShape: data.exampleShape, classes: data.classes)
    change(&options)
    return NetworkChoice(
      architecture: architecture, options: options, epochs: epochs, learningRate: 3e-3)
  }
}
