import AutoPrune
import Foundation
import TorchBackend

/// Half the hidden units of an LSTM, half the heads and half the feed-forward width of a transformer: test metric right
/// after they are cut out, and after fine-tuning.
enum StructuredSequences: Benchmark {
  static let name = "structured-sequences"
  static let summary =
    "LSTM and character transformer, --granularity auto --objective units --sparsity 0.5, test metric"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let folder = try ScratchFolder(name)
    defer { folder.discard() }
    return try await rows(of: try .spokenDigits(setting), in: folder, setting)
      + rows(of: try .characters(setting), in: folder, setting)
  }

  /// Results of one seed: the dense network, and the cut one before and after fine-tuning.
  private struct Outcome {
    let dense: Double
    let cut: PruneReport
    let tuned: PruneReport
    let units: [CouplingGroup.Kind: (dense: Int, left: Int)]
    let difference: Double
  }

  private static func rows(
    of task: SequenceTask, in folder: ScratchFolder, _ setting: BenchSetting
  ) async throws -> [BenchRow] {
    var outcomes: [Outcome] = []
    for seed in task.seeds { outcomes.append(try await run(task, seed, in: folder, setting)) }
    let isFraction = task.metric != .perplexity
    let scale = isFraction ? 100.0 : 1
    let unit = isFraction ? "%" : "perplexity"
    func row(
      _ what: String, _ values: [Double], _ unit: String, target: Double? = nil
    ) -> BenchRow {
      BenchRow(
        benchmark: name, setting: "\(task.name), \(what)", value: Spread.mean(values), unit: unit,
        spread: values.count > 1 ? Spread.standardDeviation(values) : nil,
        repetitions: values.count, target: target, threads: setting.threads,
        versions: setting.versions)
    }
    let dense = outcomes.map(\.dense)
    let target = scale * task.target(Spread.mean(dense))
    var rows = [
      row("dense", dense.map { scale * $0 }, unit),
      row("cut, no training", outcomes.map { scale * $0.cut.pruned.metric }, unit),
      row(
        "cut, \(MarkdownTable.number(task.tuningEpochs)) epochs",
        outcomes.map { scale * $0.tuned.pruned.metric }, unit, target: target),
      row(
        "MACs left",
        outcomes.map { 100 * Double($0.tuned.pruned.macs) / Double($0.tuned.dense.macs) }, "%"),
      row("difference from the masked network", outcomes.map(\.difference), "", target: 1e-4),
    ]
    for kind in CouplingGroup.Kind.allCases {
      guard let first = outcomes.first?.units[kind] else { continue }
      rows.append(
        row(
          "\(kind.rawValue)s left of \(first.dense)",
          outcomes.map { 100 * Double($0.units[kind]?.left ?? 0) / Double(max(1, first.dense)) },
          "%", target: 50))
    }
    return rows
  }

  private static func run(
    _ task: SequenceTask, _ seed: UInt64, in folder: ScratchFolder, _ setting: BenchSetting
  ) async throws -> Outcome {
    let trainer = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: .units(.gate))
    let trained = try await trainer.train(
      try task.architecture.graph(options: task.options, seed: seed), on: task.data,
      plan: task.plan(seed: seed), metric: task.metric)
    let cut = try CutNetwork(
      trained.graph, keeping: 0.5, by: .units(.gate), of: [.units],
      fit: try task.data.train.fitted(to: trained.graph),
      objective: .crossEntropy(labelSmoothing: 0),
      engine: try TorchEngine(threads: setting.threads))
    return Outcome(
      dense: trained.evaluation.value,
      cut: try await prune(trained.graph, task, seed, epochs: 0, setting),
      tuned: try await prune(trained.graph, task, seed, epochs: task.tuningEpochs, setting),
      units: cut.units,
      difference: try cut.compare(in: folder, threads: setting.threads).difference)
  }

  private static func prune(
    _ graph: Graph, _ task: SequenceTask, _ seed: UInt64, epochs: Double, _ setting: BenchSetting
  ) async throws -> PruneReport {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
    var options = PruningOptions(
      budget: .sparsity(try Sparsity(0.5)), metric: task.metric, fineTuneEpochs: epochs, seed: seed,
      batchSize: task.batchSize, compensation: .closedForm, granularity: .auto)
    options.objectives = [.units]
    return try await pruner.prune(graph, on: task.data, options: options).report
  }
}
