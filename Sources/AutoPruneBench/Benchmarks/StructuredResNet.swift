import AutoPrune
import Foundation
import TorchBackend

/// ResNet-20 with twice fewer MACs: what is lost right after its units are cut out, and after fine-tuning.
///
/// One dense network is trained; seeds draw the examples that its pruning is calibrated on and the order of fine-tuning.
enum StructuredResNet: Benchmark {
  static let name = "resnet-structured"
  static let summary =
    "ResNet-20 on 10,000 MNIST images padded to 32×32, half of the MACs cut out, test accuracy"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let data = try MNIST.loadPadded(setting, examples: setting.isSmoke ? 1_000 : 10_000)
    let trained = try await AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: .units(.gate)
    ).train(
      try Architecture("resnet20").graph(
        options: ArchitectureOptions(inputShape: [1, 32, 32]), seed: 1), on: data,
      plan: TrainingPlan(
        optimizer: .momentum, peakLearningRate: 0.1,
        schedule: LearningRateSchedule(.cosine, warmupFraction: 0.1), weightDecay: 1e-4,
        epochs: setting.isSmoke ? 0.1 : 5, seed: 1))
    let contest = Contest(graph: trained.graph, data: data, setting: setting)
    let dense = trained.evaluation.value
    return [row(setting, "dense", [dense]), try contest.plain()]
      + (try await contest.mended(below: dense)) + (try await contest.aligned(below: dense))
  }

  fileprivate static func row(
    _ setting: BenchSetting, _ what: String, _ shares: [Double], target: Double? = nil
  ) -> BenchRow {
    BenchRow(
      benchmark: name, setting: what, value: 100 * Spread.mean(shares), unit: "%",
      spread: shares.count > 1 ? 100 * Spread.standardDeviation(shares) : nil,
      repetitions: shares.count, target: target.map { 100 * $0 }, threads: setting.threads,
      versions: setting.versions)
  }

  /// One dense network, pruned in several ways.
  private struct Contest {
    let graph: Graph
    let data: DataSet
    let setting: BenchSetting

    private var seeds: ClosedRange<UInt64> { setting.isSmoke ? 1...1 : 1...3 }
    /// Epochs of fine-tuning, and what may be lost of the accuracy.
    private let targets = [(epochs: 0.0, loss: 0.03), (3, 0.003)]

    func plain() throws -> BenchRow {
      let surgery = try PlainSurgery(
        graph, data: data, engine: try TorchEngine(threads: setting.threads))
      return StructuredResNet.row(
        setting, "l1, nothing mended", [try surgery.accuracy(by: .criterion(named: "l1"))])
    }

    func mended(below dense: Double) async throws -> [BenchRow] {
      var rows: [BenchRow] = []
      for (ranking, label) in [
        (try Ranking.criterion(named: "l1"), "l1"), (try .preset("default"), "learned"),
      ] {
        let report = try await report(ranking, .none, epochs: 0, seed: 1)
        rows.append(
          StructuredResNet.row(setting, "\(label), batch norm re-estimated", [report.pruned.metric])
        )
      }
      for (epochs, loss) in targets {
        var reports: [PruneReport] = []
        for seed in seeds {
          reports.append(
            try await report(.preset("default"), .closedForm, epochs: epochs, seed: seed))
        }
        rows += self.rows("", reports, epochs: epochs, target: dense - loss)
      }
      return rows
    }

    /// With numbers of channels that fill a runtime's vectors, and residual branches gone whole.
    func aligned(below dense: Double) async throws -> [BenchRow] {
      var rows: [BenchRow] = []
      for (epochs, loss) in targets {
        let report = try await report(
          .preset("default"), .closedForm, epochs: epochs, seed: 1, granularity: .auto,
          alignment: 16)
        rows += self.rows("auto, multiples of 16, ", [report], epochs: epochs, target: dense - loss)
        if epochs > 0 { continue }
        for measurement in report.latency {
          guard let speedup = measurement.speedup else { continue }
          rows.append(
            BenchRow(
              benchmark: name,
              setting: "auto, multiples of 16, \(measurement.runtime), times as fast",
              column: "batch \(measurement.batch)", value: speedup.median, unit: "×",
              spread: (speedup.upperQuartile - speedup.lowerQuartile) / 2,
              target: measurement.runtime.hasPrefix("onnxruntime") ? 1.5 : nil,
              threads: setting.threads, versions: setting.versions))
        }
      }
      return rows
    }

    private func rows(
      _ prefix: String, _ reports: [PruneReport], epochs: Double, target: Double
    ) -> [BenchRow] {
      let macs = reports.map { Double($0.pruned.macs) / Double($0.dense.macs) }
      return [
        StructuredResNet.row(
          setting, "\(prefix)learned, compensated, \(Int(epochs)) epochs",
          reports.map(\.pruned.metric), target: target),
        StructuredResNet.row(
          setting, "\(prefix)MACs left, \(Int(epochs)) epochs", macs, target: 0.5),
      ]
    }

    private func report(
      _ ranking: Ranking, _ compensation: Compensation, epochs: Double, seed: UInt64,
      granularity: Granularity = .channel, alignment: Int = 1
    ) async throws -> PruneReport {
      let pruner = AutoPruner(
        engine: try TorchEngine(threads: setting.threads), predictor: ranking)
      return try await pruner.prune(
        graph, on: data,
        options: PruningOptions(
          budget: .sparsity(try Sparsity(0.5)),
          fineTuneEpochs: setting.isSmoke ? min(epochs, 0.1) : epochs, seed: seed,
          compensation: compensation, granularity: granularity, objective: .macs,
          unitAlignment: alignment)
      ).report
    }
  }
}

/// Units cut out of a network and nothing else done to it, as the baseline of the field.
private struct PlainSurgery {
  private let session: PruningSession<TorchEngine>
  private let data: DataSet

  init(_ graph: Graph, data: DataSet, engine: TorchEngine) throws {
    session = try PruningSession(graph, engine: engine)
    self.data = data
  }

  func accuracy(by ranking: Ranking) throws -> Double {
    let test = try data.test.fitted(to: session.graph)
    let structure = try StructuredPruning(
      ranking, session: session, fit: try data.train.fitted(to: session.graph),
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

extension MNIST {
  /// With two pixels of background on every side, as the networks for 32×32 images take it.
  ///
  /// - Parameter examples: of the training part.
  static func loadPadded(_ setting: BenchSetting, examples: Int) throws -> DataSet {
    let data = try load(setting)
    let chosen = Array(0..<min(examples, data.train.count))
    return try DataSet(
      name: "MNIST padded", train: try padded(data.train.subset(chosen)),
      test: try padded(data.test))
  }

  private static func padded(_ examples: ExampleSet) throws -> ExampleSet {
    let batch = examples.batch(0..<examples.count)
    let values = batch.inputs[0].floats ?? []
    let (side, wide) = (28, 32)
    let background = values.min() ?? 0
    var padded = [Float](repeating: background, count: examples.count * wide * wide)
    for row in 0..<examples.count * side {
      let (example, line) = row.quotientAndRemainder(dividingBy: side)
      let start = (example * wide + line + 2) * wide + 2
      for column in 0..<side { padded[start + column] = values[row * side + column] }
    }
    return try ExampleSet(
      inputs: [HostTensor(padded, shape: [examples.count, 1, wide, wide])],
      targets: batch.targets, named: "MNIST padded")
  }
}
