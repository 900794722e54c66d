internal import PruneCore
import PruneSupport

/// Three disjoint parts of ``DataSet/train``: training, validation and certification part.
///
/// Validation and certification part take a sixth each, at most 10,000 examples; the training part keeps the rest.
/// Where there is one label per example, every class is represented in proportion.
public struct DataSplit: Sendable {
  /// Training part, for statistics and fine-tuning.
  public let training: ExampleSet
  /// Validation part, on which a pruning step is accepted or rolled back.
  public let validation: ExampleSet
  /// Certification part, on which only the certificate is computed.
  public let certification: ExampleSet
  /// Training and certification part together, for a run that will not ask for a certificate.
  public let trainingWithoutCertificate: ExampleSet

  /// Largest number of examples of the validation and of the certification part.
  public static let largestPart = 10_000
  /// Divisor of the number of examples that gives the size of the validation and of the certification part.
  public static let partDivisor = 6

  /// Splits examples, in proportion by class.
  ///
  /// - Parameters:
  ///   - train: at least 3 examples; ``DataSet`` makes sure.
  ///   - seed: seed of the random order.
  public init(_ train: ExampleSet, seed: UInt64) {
    precondition(train.count >= 3, "cannot split \(train.count) examples in three")
    let part = max(1, min(Self.largestPart, train.count / Self.partDivisor))
    // The stream has the parts' earlier names: another name would be another split.
    let order = StratifiedOrder.indices(of: train, seed: seed, stream: "fit/search/certify")
    certification = train.subset(order[..<part].sorted())
    validation = train.subset(order[part..<2 * part].sorted())
    training = train.subset(order[(2 * part)...].sorted())
    trainingWithoutCertificate = train.subset((order[..<part] + order[(2 * part)...]).sorted())
  }

  private init(training: ExampleSet, validation: ExampleSet, certification: ExampleSet) {
    self.training = training
    self.validation = validation
    self.certification = certification
    trainingWithoutCertificate = training
  }

  /// This split with ``trainingWithoutCertificate`` equal to ``training``: nothing is trained on the certification part.
  package var keepingCertificationUnseen: DataSplit {
    DataSplit(training: training, validation: validation, certification: certification)
  }
}

/// A random order in which every prefix holds each class in proportion, to within one example.
enum StratifiedOrder {
  static func indices(of set: ExampleSet, seed: UInt64, stream: String) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: stream)
    var shuffled = Array(0..<set.count)
    shuffleRepeatably(&shuffled, by: &generator)
    guard case .labels(let labels, 1) = set.targets else { return shuffled }

    var members: [Int: [Int]] = [:]
    for index in shuffled { members[labels[index], default: []].append(index) }
    var keyed: [(key: Double, index: Int)] = []
    keyed.reserveCapacity(set.count)
    for label in members.keys.sorted() {
      let group = members[label] ?? []
      let offset = generator.uniform()
      for (rank, index) in group.enumerated() {
        keyed.append(((Double(rank) + offset) / Double(group.count), index))
      }
    }
    return keyed.sorted { ($0.key, $0.index) < ($1.key, $1.index) }.map(\.index)
  }

  /// Fisher–Yates from last to first.
  ///
  /// Unlike `Array.shuffle(by:)`, which gives another order: networks trained with an earlier version's `--split-seed`
  /// keep the parts that they were trained, validated and certified on.
  private static func shuffleRepeatably(
    _ indices: inout [Int], by generator: inout SeededGenerator
  ) {
    guard indices.count > 1 else { return }
    for index in stride(from: indices.count - 1, to: 0, by: -1) {
      let draw = generator.next().multipliedFullWidth(by: UInt64(index + 1)).high
      indices.swapAt(index, Int(draw))
    }
  }
}
