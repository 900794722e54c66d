import AutoPrune
import Foundation
import TorchBackend

/// Does a certified budget hold on unseen data? Small networks on generated data, so that the true drop can be measured on
/// as many examples as one likes.
enum BudgetHolds: Benchmark {
  static let name = "budget-holds"
  static let summary = "true drop on 100,000 fresh examples against budgets of 0.2 to 3 points"

  private static var budgets: [Double] { [0.2, 0.5, 1, 2, 3] }

  /// One run: a network of its own, trained and pruned on examples of its own.
  private struct Repetition {
    let budget: Double
    let certificate: Certificate?
    let trueDropPoints: Double
    let sparsity: Double
    let seconds: Double

    var isExceeded: Bool { trueDropPoints > budget }
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let count = setting.isSmoke ? 2 : 240
    var repetitions: [Repetition] = []
    for index in 0..<count {
      repetitions.append(
        try await repetition(
          seed: UInt64(index + 1), budget: budgets[index % budgets.count], setting: setting))
      if (index + 1).isMultiple(of: 20) {
        let certified = repetitions.filter { $0.certificate != nil }
        FileHandle.standardError.write(
          Data(
            "\(index + 1) runs, \(certified.count) certified, \(certified.count(where: \.isExceeded)) exceed\n"
              .utf8))
      }
    }
    let certified = repetitions.filter { $0.certificate != nil }
    let exceeded = certified.count(where: \.isExceeded)
    func row(_ what: String, _ value: Double, _ unit: String, target: Double? = nil) -> BenchRow {
      BenchRow(
        benchmark: name, setting: what, value: value, unit: unit, repetitions: certified.count,
        target: target, threads: setting.threads, versions: setting.versions)
    }
    return [
      row("certified runs of \(count)", Double(certified.count), ""),
      row(
        "certified runs beyond the budget",
        100 * Double(exceeded) / Double(max(1, certified.count)),
        "%", target: 5),
      row(
        "median of budget − true drop",
        Spread.median(certified.map { $0.budget - $0.trueDropPoints }),
        "points"),
      row(
        "median of bound − true drop",
        Spread.median(
          certified.compactMap { run in
            run.certificate.map { $0.dropUpperBoundPoints - run.trueDropPoints }
          }), "points"),
      row("median sparsity", 100 * Spread.median(certified.map(\.sparsity)), "%"),
      row("median seconds of a run", Spread.median(repetitions.map(\.seconds)), "s"),
    ]
  }

  private static func repetition(
    seed: UInt64, budget: Double, setting: BenchSetting
  ) async throws -> Repetition {
    let clusters = GeneratedClusters(seed: seed)
    let data = try DataSet(
      name: "clusters",
      train: try clusters.examples(setting.isSmoke ? 3_000 : 15_000, stream: "train"),
      test: try clusters.examples(setting.isSmoke ? 2_000 : 100_000, stream: "held out"))
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
    let trained = try await pruner.train(
      try Architecture("mlp:12-32-16-4").graph(seed: seed), on: data,
      plan: TrainingPlan(
        optimizer: .standardAdam, peakLearningRate: 5e-3, batchSize: 128, epochs: 4, seed: seed),
      splitSeed: seed)
    let pruned = try await pruner.prune(
      trained.graph, on: data,
      options: PruningOptions(
        budget: .accuracyDrop(points: budget), fineTuneEpochs: 2, seed: seed), splitSeed: seed)
    let report = pruned.report
    return Repetition(
      budget: budget, certificate: report.certificate,
      trueDropPoints: 100 * (report.dense.metric - report.pruned.metric),
      sparsity: report.sparsity, seconds: report.seconds)
  }
}

/// Four classes of three Gaussian clusters each in twelve dimensions, overlapping.
struct GeneratedClusters {
  private let seed: UInt64
  private let centres: [[Double]]

  init(seed: UInt64) {
    self.seed = seed
    var generator = SeededGenerator(seed: seed, stream: "centres")
    centres = (0..<12).map { _ in (0..<12).map { _ in 1.1 * generator.normal() } }
  }

  func examples(_ count: Int, stream: String) throws -> ExampleSet {
    var generator = SeededGenerator(seed: seed, stream: stream)
    var values: [Float] = []
    var labels: [Int] = []
    values.reserveCapacity(12 * count)
    labels.reserveCapacity(count)
    for _ in 0..<count {
      let cluster = Int(generator.uniform() * 12)
      labels.append(cluster % 4)
      for centre in centres[cluster] { values.append(Float(centre + generator.normal())) }
    }
    return try ExampleSet(
      inputs: [HostTensor(values, shape: [count, 12])], targets: .labels(labels), named: stream)
  }
}
