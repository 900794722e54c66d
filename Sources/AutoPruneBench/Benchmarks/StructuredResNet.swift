import AutoPrune
import Foundation
import TorchBackend

/// ResNet-20 with twice fewer MACs: what is lost right after its units are cut out, and after fine-tuning.
enum StructuredResNet: Benchmark {
  static let name = "resnet-structured"
  static let summary = "ResNet-20 on MNIST padded to 32×32, half of the MACs cut out, test accuracy"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let data = try MNIST.loadPadded(setting)
    let engine = try TorchEngine(threads: setting.threads)
    let trained = try await AutoPruner(engine: engine, predictor: .units(.gate)).train(
      try Architecture("resnet20").graph(
        options: ArchitectureOptions(inputShape: [1, 32, 32]), seed: 1), on: data,
      plan: TrainingPlan(
        optimizer: .momentum, peakLearningRate: 0.1,
        schedule: LearningRateSchedule(.cosine, warmupFraction: 0.1), weightDecay: 1e-4,
        epochs: setting.isSmoke ? 0.02 : 4, seed: 1))
    let plain = try PlainSurgery(
      trained.graph, data: data, engine: try TorchEngine(threads: setting.threads))
    var rows = [
      row(setting, "dense", trained.evaluation.value),
      row(setting, "l1, nothing mended", try plain.accuracy(by: .criterion(named: "l1"))),
    ]
    for (ranking, label) in [
      (try Ranking.criterion(named: "l1"), "l1"), (try .criterion(named: "bn-scale"), "bn-scale"),
      (try .preset("default"), "learned"),
    ] {
      let mended = try await report(trained.graph, data, setting, ranking, .none, epochs: 0)
      rows.append(row(setting, "\(label), batch norm re-estimated", mended.pruned.metric))
    }
    for (epochs, target) in [(0.0, 0.03), (3, 0.003)] {
      let best = try await report(
        trained.graph, data, setting, try .preset("default"), .closedForm,
        epochs: setting.isSmoke ? min(epochs, 0.01) : epochs)
      rows.append(
        row(
          setting, "learned, compensated, \(Int(epochs)) epochs", best.pruned.metric,
          target: trained.evaluation.value - target))
      rows.append(
        BenchRow(
          benchmark: name, setting: "MACs left, \(Int(epochs)) epochs",
          value: 100 * Double(best.pruned.macs) / Double(best.dense.macs), unit: "%", target: 50,
          threads: setting.threads, versions: setting.versions))
    }
    return rows
  }

  private static func report(
    _ graph: Graph, _ data: DataSet, _ setting: BenchSetting, _ ranking: Ranking,
    _ compensation: Compensation, epochs: Double
  ) async throws -> PruneReport {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: ranking)
    return try await pruner.prune(
      graph, on: data,
      options: PruningOptions(
        budget: .sparsity(try Sparsity(0.5)), fineTuneEpochs: epochs, seed: 1,
        compensation: compensation, granularity: .channel, objective: .macs)
    ).report
  }

  private static func row(
    _ setting: BenchSetting, _ what: String, _ accuracy: Double, target: Double? = nil
  ) -> BenchRow {
    BenchRow(
      benchmark: name, setting: what, value: 100 * accuracy, unit: "%",
      target: target.map { 100 * $0 }, threads: setting.threads, versions: setting.versions)
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
  static func loadPadded(_ setting: BenchSetting) throws -> DataSet {
    let data = try load(setting)
    return try DataSet(
      name: "MNIST padded", train: try padded(data.train), test: try padded(data.test))
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
