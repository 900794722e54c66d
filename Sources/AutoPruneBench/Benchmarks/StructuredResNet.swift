import AutoPrune
import Foundation
import TorchBackend

/// ResNet-20 with twice fewer MACs: test accuracy right after its channels are cut out, and after fine-tuning.
///
/// One dense network is trained; seeds draw the examples that its pruning is calibrated on and the
/// order of fine-tuning.
enum StructuredResNet: Benchmark {
  static let name = "resnet-structured"
  static let summary =
    "ResNet-20 on 10,000 MNIST images padded to 32×32, half of the MACs cut out, test accuracy"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let contest = try await ResidualContest(name, setting)
    let plain = try PlainSurgery(
      contest.graph, data: contest.data, engine: try TorchEngine(threads: setting.threads))
    var rows = [
      contest.denseRow,
      contest.row("l1, nothing mended", [try plain.accuracy(by: .criterion(named: "l1"))]),
    ]
    for (ranking, label) in [
      (try CriterionChoice.criterion(named: "l1"), "l1"), (try .preset("default"), "learned"),
    ] {
      let network = try await contest.prune(ranking, .none, epochs: 0, seed: 1)
      rows.append(
        contest.row("\(label), batch norm re-estimated", [network.report.pruned.metric]))
    }
    for (epochs, loss) in contest.targets {
      var networks: [PrunedNetwork] = []
      for seed in 1...(setting.isSmoke ? 1 : 3) as ClosedRange<UInt64> {
        networks.append(
          try await contest.prune(.preset("default"), .closedForm, epochs: epochs, seed: seed))
      }
      rows += contest.rows(networks, epochs: epochs, loss: loss)
    }
    return rows
  }
}

/// ResNet-20 with twice fewer MACs in numbers of channels that fill a runtime's vectors, residual branches pruned whole:
/// test accuracy and speed of the same network.
enum AlignedResNet: Benchmark {
  static let name = "resnet-aligned"
  static let summary =
    "as resnet-structured, by --granularity auto --align 16: test accuracy, and times as fast as dense (1.5 promised)"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let contest = try await ResidualContest(name, setting)
    let folder = try ScratchFolder(name)
    defer { folder.discard() }
    var rows = [contest.denseRow]
    for (epochs, loss) in contest.targets {
      let network = try await contest.prune(
        .preset("default"), .closedForm, epochs: epochs, seed: 1, granularity: .auto,
        alignment: 16)
      rows += contest.rows([network], epochs: epochs, loss: loss)
      rows += try SpeedComparison(of: network.graph, against: contest.graph, in: folder, setting)
        .rows(of: name, label: "\(Int(epochs)) epochs", target: 1.5)
    }
    return rows
  }
}

/// ResNet-20, trained once, to be pruned to half its MACs in several ways.
struct ResidualContest {
  /// Name of the benchmark, for its rows.
  let benchmark: String
  let graph: Graph
  /// Test accuracy of the dense network.
  let dense: Double
  let data: DataSet
  let setting: BenchSetting

  /// Epochs of fine-tuning with the loss of accuracy aimed at, as a fraction.
  var targets: [(epochs: Double, loss: Double)] {
    Array([(0, 0.03), (3, 0.003)].prefix(setting.isSmoke ? 1 : 2))
  }

  init(_ benchmark: String, _ setting: BenchSetting) async throws {
    self.benchmark = benchmark
    self.setting = setting
    data = try MNIST.loadPadded(setting, examples: setting.isSmoke ? 500 : 10_000)
    let trained = try await AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: .units(.gate)
    ).train(
      try Architecture.resnet(depth: setting.isSmoke ? 8 : 20).graph(
        options: ArchitectureOptions(inputShape: [1, 32, 32]), seed: 1), on: data,
      plan: TrainingPlan(
        optimizer: .momentum, peakLearningRate: 0.1,
        schedule: LearningRateSchedule(.cosine, warmupFraction: 0.1), weightDecay: 1e-4,
        epochs: setting.isSmoke ? 0.1 : 5, seed: 1))
    graph = trained.graph
    dense = trained.evaluation.value
  }

  /// Prunes the network to half its MACs.
  ///
  /// - Parameters:
  ///   - ranking: predictor or criterion.
  ///   - compensation: kind of compensation.
  ///   - epochs: epochs of fine-tuning.
  ///   - seed: seed of the calibration set and of the order of fine-tuning.
  ///   - granularity: units to prune.
  ///   - alignment: number of which unit counts are kept multiples.
  func prune(
    _ ranking: CriterionChoice, _ compensation: Compensation, epochs: Double, seed: UInt64,
    granularity: Granularity = .channel, alignment: Int = 1
  ) async throws -> PrunedNetwork {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: ranking)
    return try await pruner.prune(
      graph, on: data,
      options: PruningOptions(
        budget: .sparsity(try Sparsity(0.5)),
        fineTuneEpochs: setting.isSmoke ? min(epochs, 0.1) : epochs, seed: seed,
        compensation: compensation, granularity: granularity, objective: .macs,
        unitAlignment: alignment)
    )
  }

  // MARK: Rows

  var denseRow: BenchRow { row("dense", [dense]) }

  /// A row of percentages.
  ///
  /// - Parameters:
  ///   - what: setting of the row.
  ///   - shares: fractions, one per seed.
  ///   - target: fraction aimed at.
  func row(_ what: String, _ shares: [Double], target: Double? = nil) -> BenchRow {
    BenchRow(
      benchmark: benchmark, setting: what, value: 100 * Spread.mean(shares), unit: "%",
      spread: shares.count > 1 ? 100 * Spread.standardDeviation(shares) : nil,
      repetitions: shares.count, target: target.map { 100 * $0 }, threads: setting.threads,
      versions: setting.versions)
  }

  func rows(_ networks: [PrunedNetwork], epochs: Double, loss: Double) -> [BenchRow] {
    let reports = networks.map(\.report)
    let macs = reports.map { Double($0.pruned.macs) / Double($0.dense.macs) }
    return [
      row(
        "learned, compensated, \(Int(epochs)) epochs", reports.map(\.pruned.metric),
        target: dense - loss),
      row("MACs left, \(Int(epochs)) epochs", macs, target: 0.5),
    ]
  }
}

/// Baseline that cuts units out of a network and does nothing else to it.
struct PlainSurgery {
  private let session: PruningSession<TorchEngine>
  private let data: DataSet

  init(_ graph: Graph, data: DataSet, engine: TorchEngine) throws {
    session = try PruningSession(graph, engine: engine)
    self.data = data
  }

  func accuracy(by ranking: CriterionChoice) throws -> Double {
    let test = try data.test.fitted(to: session.graph)
    let structure = try StructuredSelector(
      try ranking.criterion(for: .channel), session: session,
      fit: try data.train.fitted(to: session.graph),
      objective: .crossEntropy(labelSmoothing: 0),
      options: PruningOptions(
        budget: .sparsity(try Sparsity(0.5)), granularity: .channel, objective: .macs))
    let small = try structure.smallGraph(
      of: session.graph, masks: try structure.masks(keeping: 0.5))
    return try Evaluator<TorchEngine>(metric: .accuracy).evaluate(
      try session.engine.prepare(small), of: small, with: session.engine, on: test
    ).value
  }
}
