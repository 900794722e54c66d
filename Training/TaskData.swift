import AutoPrune
import Foundation
import PruneSupport

/// A data set of the campaign: the embedded digits, a variant of MNIST where it is present, or generated clusters of graded
/// difficulty.
struct TaskData: Sendable {
  enum Source: Sendable {
    case digits
    case mnist(folder: URL, MNISTVariant)
    case clusters(GaussianClusters)
  }

  var name: String
  let source: Source
  /// Shape in which examples are given to the network.
  var exampleShape: [Int]
  let classes: Int
  /// Epochs after which a network is well trained on these data.
  let epochs: Double

  static func available(in folder: URL, isSmoke: Bool) throws -> [TaskData] {
    var sets = [
      TaskData(name: "digits", source: .digits, exampleShape: [1, 8, 8], classes: 10, epochs: 30)
    ]
    for (index, spread) in [0.5, 0.7].enumerated() {
      let clusters = GaussianClusters(features: 40, classes: 8, spread: spread, seed: UInt64(index))
      sets.append(
        TaskData(
          name: "clusters-\(spread)", source: .clusters(clusters), exampleShape: [40], classes: 8,
          epochs: 12))
      if isSmoke { return sets }
    }
    let mnist = folder.appendingPathComponent("mnist")
    if FileManager.default.fileExists(atPath: mnist.path) {
      sets += MNISTVariant.allCases.map { variant in
        TaskData(
          name: "mnist-\(variant.rawValue)", source: .mnist(folder: mnist, variant),
          exampleShape: variant.exampleShape, classes: 10, epochs: 6)
      }
    }
    return sets
  }

  func load() throws -> DataSet {
    let data: DataSet =
      switch source {
      case .digits: try .digits()
      case .mnist(let folder, let variant): try variant.load(from: folder, name: name)
      case .clusters(let clusters): try clusters.dataSet(name: name)
      }
    return try DataSet(name: name, train: try shaped(data.train), test: try shaped(data.test))
  }

  /// The data as sequences: the rows of an image, or features in runs of five, become steps.
  var asSequences: TaskData {
    var result = self
    result.name += "-sequence"
    result.exampleShape =
      exampleShape.count == 3
      ? Array(exampleShape.dropFirst()) : [exampleShape.reduce(1, *) / 5, 5]
    return result
  }

  private func shaped(_ examples: ExampleSet) throws -> ExampleSet {
    if examples.exampleShapes == [exampleShape] { return examples }
    let batch = examples.batch(0..<examples.count)
    return try ExampleSet(
      inputs: [HostTensor(batch.inputs[0].floats ?? [], shape: [examples.count] + exampleShape)],
      targets: batch.targets, named: name)
  }
}

/// A variant of MNIST, so that networks of one shape are trained on several tasks.
enum MNISTVariant: String, CaseIterable, Sendable {
  case plain, inverted, rotated, halved

  var exampleShape: [Int] { self == .halved ? [1, 14, 14] : [1, 28, 28] }

  /// 12,000 training and 2,000 test examples, different ones for each variant, all from MNIST's training data.
  func load(from folder: URL, name: String) throws -> DataSet {
    let data = try DataSet(
      contentsOf: folder, options: DataOptions(mean: [0.1307], standardDeviation: [0.3081]))
    let offset = (Self.allCases.firstIndex(of: self) ?? 0) * 14_000
    func part(_ range: Range<Int>) throws -> ExampleSet {
      let batch = data.train.batch(range)
      let images = (batch.inputs[0].floats ?? [])
      let changed = (0..<range.count).flatMap { change(Array(images[$0 * 784..<($0 + 1) * 784])) }
      return try ExampleSet(
        inputs: [HostTensor(changed, shape: [range.count] + exampleShape)], targets: batch.targets,
        named: name)
    }
    return try DataSet(
      name: name, train: try part(offset..<offset + 12_000),
      test: try part(offset + 12_000..<offset + 14_000))
  }

  private func change(_ image: [Float]) -> [Float] {
    switch self {
    case .plain: image
    case .inverted: image.map { -$0 }
    case .rotated: (0..<784).map { image[($0 % 28) * 28 + 27 - $0 / 28] }
    case .halved:
      (0..<196).map { position in
        let (row, column) = (2 * (position / 14), 2 * (position % 14))
        return
          (image[row * 28 + column] + image[row * 28 + column + 1]
          + image[(row + 1) * 28 + column] + image[(row + 1) * 28 + column + 1]) / 4
      }
    }
  }
}

/// Generated data: classes of three Gaussian clusters each, with noise features; a larger spread is harder.
struct GaussianClusters: Sendable {
  let features: Int
  let classes: Int
  /// Half the standard deviation within a cluster; the centres' is 1 per feature.
  let spread: Double
  let seed: UInt64

  func dataSet(name: String, train: Int = 9_000, test: Int = 2_000) throws -> DataSet {
    var generator = SeededGenerator(seed: seed, stream: name)
    let informative = features * 3 / 4
    let centres = (0..<classes * 3).map { _ in
      (0..<informative).map { _ in generator.normal() }
    }
    func part(_ count: Int) throws -> ExampleSet {
      var values: [Float] = []
      var labels: [Int] = []
      for _ in 0..<count {
        let cluster = Int(generator.next() % UInt64(centres.count))
        labels.append(cluster % classes)
        for feature in 0..<features {
          let centre = feature < informative ? centres[cluster][feature] : 0
          values.append(Float(centre + spread * 2 * generator.normal()))
        }
      }
      return try ExampleSet(
        inputs: [HostTensor(values, shape: [count, features])], targets: .labels(labels),
        named: name)
    }
    return try DataSet(name: name, train: try part(train), test: try part(test))
  }
}
