import AutoPrune
import Foundation
import TorchBackend

/// One call with default options on networks of every kind, against gradual magnitude whose sparsity was tuned by hand: a
/// grid of ten full runs, of which the sparsest that keeps the budget is taken.
///
/// Both are bound to the same promise: the grid's runs are judged as the loop judges its own, by the bound of the drop on
/// the search part.
enum NoThresholds: Benchmark {
  static let name = "no-thresholds"
  static let summary =
    "five kinds of networks on five data sets, --max-drop 2, against a grid of 10 gradual-magnitude runs"

  private static let budget = 2.0
  private static let grid = [0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.985]
  /// Of one run of the grid, and of the whole search: a quarter of the grid's together.
  private static let epochs = (run: 6.0, search: 15.0)

  /// What one way of pruning found and took.
  private struct Standing {
    var sparsity = 0.0
    var testDropPoints = 0.0
    var isCertified = false
    var seconds = 0.0
    var epochs = 0.0
    var gradientEvaluations = 0.0
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let seeds: [UInt64] = [1]
    var rows: [BenchRow] = []
    for network in setting.isSmoke
      ? Array(SmallNetwork.ofEveryKind.prefix(1)) : SmallNetwork.ofEveryKind
    {
      let data: DataSet
      do { data = try network.data(setting) } catch let absent as DataAbsent {
        FileHandle.standardError.write(Data("\(network.name): skipped, \(absent)\n".utf8))
        continue
      }
      var own: [Standing] = []
      var tuned: [Standing] = []
      for seed in seeds {
        let dense = try await trained(network, on: data, seed: seed, setting)
        own.append(try await search(dense, data, seed, setting))
        tuned.append(try await bestOfGrid(dense, data, seed, setting))
        let (ours, theirs) = (own[own.count - 1], tuned[tuned.count - 1])
        FileHandle.standardError.write(
          Data(
            "\(network.name), seed \(seed): sparsity \(ours.sparsity) in \(ours.seconds) s, grid \(theirs.sparsity) in \(theirs.seconds) s\n"
              .utf8))
      }
      rows += Self.rows(network.name, own, tuned, setting)
    }
    return rows
  }

  private static func trained(
    _ network: SmallNetwork, on data: DataSet, seed: UInt64, _ setting: BenchSetting
  ) async throws -> Graph {
    try await pruner(.preset("default"), setting).train(
      try Architecture(network.architecture).graph(options: network.shape, seed: seed), on: data,
      plan: TrainingPlan(
        optimizer: .standardAdam, peakLearningRate: network.learningRate, batchSize: 128,
        epochs: setting.isSmoke ? 1 : network.trainingEpochs, seed: seed)
    ).graph
  }

  /// As `autoprune prune --max-drop 2 --fine-tune E` does it.
  private static func search(
    _ dense: Graph, _ data: DataSet, _ seed: UInt64, _ setting: BenchSetting
  ) async throws -> Standing {
    let report = try await pruner(.preset("default"), setting).prune(
      dense, on: data,
      options: PruningOptions(
        budget: .accuracyDrop(points: budget), fineTuneEpochs: setting.isSmoke ? 1 : epochs.search,
        timeLimitSeconds: setting.isSmoke ? 2 : nil, seed: seed, compensation: .closedForm,
        refinement: RefinementOptions())
    ).report
    return Standing(
      sparsity: report.isBudgetMet ? report.sparsity : 0,
      testDropPoints: 100 * (report.dense.metric - report.pruned.metric),
      isCertified: report.certificate?.holds ?? false, seconds: report.seconds,
      epochs: report.epochs, gradientEvaluations: Double(report.gradientEvaluations))
  }

  private static func bestOfGrid(
    _ dense: Graph, _ data: DataSet, _ seed: UInt64, _ setting: BenchSetting
  ) async throws -> Standing {
    var best = Standing()
    for sparsity in setting.isSmoke ? Array(grid.prefix(2)) : grid {
      let report = try await pruner(.criterion(named: "magnitude"), setting).prune(
        dense, on: data,
        options: PruningOptions(
          budget: .sparsity(try Sparsity(sparsity)),
          fineTuneEpochs: setting.isSmoke ? 0.5 : epochs.run,
          seed: seed)
      ).report
      best.seconds += report.seconds
      best.epochs += report.epochs
      best.gradientEvaluations += Double(report.gradientEvaluations)
      guard let round = report.rounds.last, round.dropUpperBoundPoints <= budget else { continue }
      best.sparsity = report.sparsity
      best.testDropPoints = 100 * (report.dense.metric - report.pruned.metric)
    }
    return best
  }

  private static func pruner(
    _ ranking: Ranking, _ setting: BenchSetting
  ) throws -> AutoPruner<TorchEngine> {
    AutoPruner(engine: try TorchEngine(threads: setting.threads), predictor: ranking)
  }

  private static func rows(
    _ network: String, _ own: [Standing], _ tuned: [Standing], _ setting: BenchSetting
  ) -> [BenchRow] {
    func row(
      _ what: String, _ unit: String, target: Double? = nil, _ value: (Standing) -> Double
    ) -> BenchRow {
      let values = own.map(value)
      return BenchRow(
        benchmark: name, setting: "\(network), \(what)", value: Spread.mean(values), unit: unit,
        spread: values.count > 1 ? Spread.standardDeviation(values) : nil,
        repetitions: values.count, peer: Spread.mean(tuned.map(value)),
        peerName: "gradual magnitude, best of 10", target: target, threads: setting.threads,
        versions: setting.versions)
    }
    return [
      row("sparsity", "%", target: 100 * Spread.mean(tuned.map(\.sparsity))) { 100 * $0.sparsity },
      row("points lost on the test part", "points", target: budget, \.testDropPoints),
      row("seconds", "s", target: Spread.mean(tuned.map(\.seconds)) / 3, \.seconds),
      row("epochs", "", target: Spread.mean(tuned.map(\.epochs)) / 3, \.epochs),
      row("gradients of selections", "", \.gradientEvaluations),
    ]
  }
}
