import AutoPrune
import Foundation

/// Classes made of three Gaussian clusters each, with noise features; harder as the clusters spread.
struct GaussianClusters: Sendable {
  let features: Int
  let classes: Int
  /// Standard deviation within a cluster; centres have 1 per feature.
  let spread: Double
  let seed: UInt64

  func dataSet(name: String, train: Int = 9_000, test: Int = 2_000) throws -> DataSet {
    var generator = SeededGenerator(seed: seed, stream: name)
    let informative = features * 3 / 4
    let centres = (0..<classes * 3).map { _ in
      (0..<informative).map { _ in Self.normal(&generator) }
    }
    func part(_ count: Int) throws -> ExampleSet {
      var values: [Float] = []
      var labels: [Int] = []
      for _ in 0..<count {
        let cluster = Int(generator.next() % UInt64(centres.count))
        labels.append(cluster % classes)
        for feature in 0..<features {
          let centre = feature < informative ? centres[cluster][feature] : 0
          values.append(Float(centre + spread * 2 * Self.normal(&generator)))
        }
      }
      return try ExampleSet(
        inputs: [HostTensor(values, shape: [count, features])], targets: .labels(labels),
        named: name)
    }
    return try DataSet(name: name, train: try part(train), test: try part(test))
  }

  private static func normal(_ generator: inout SeededGenerator) -> Double {
    (-2 * log(1 - generator.uniform())).squareRoot() * cos(2 * .pi * generator.uniform())
  }
}
