import AutoPrune
import Foundation
import TorchBackend

/// One call with default options on networks of every kind, against gradual magnitude pruning whose sparsity was tuned by
/// hand: a grid of ten full runs, of which the sparsest that keeps the budget is taken.
///
/// Both keep the same budget. The grid's runs are accepted as the loop accepts its rounds, by the bound of the drop on the
/// validation part; the network chosen then has to be certified on the certification part, as ours.
enum NoThresholds: Benchmark {
  static let name = "no-thresholds"
  static let summary =
    "five kinds of networks on five data sets, --max-drop 2, against a grid of 10 gradual-magnitude runs"

  private static let budget = 2.0
  /// Epochs of fine-tuning of one run of the grid, and of our whole run: a quarter of the grid's together.
  private static let epochs = (run: 6.0, search: 15.0)

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let seeds: [UInt64] = setting.isSmoke ? [1] : [2, 3, 4]
    var rows: [BenchRow] = []
    for network in setting.isSmoke
      ? Array(SmallNetwork.ofEveryKind.prefix(1)) : SmallNetwork.ofEveryKind
    {
      let data: DataSet
      do { data = try network.data(setting) } catch let absent as DataAbsent {
        FileHandle.standardError.write(Data("\(network.name): skipped, \(absent)\n".utf8))
        continue
      }
      var own: [FoundNetwork] = []
      var tuned: [FoundNetwork] = []
      for seed in seeds {
        let dense = try await network.trained(on: data, seed: seed, setting)
        own.append(try await search(dense, data, seed, setting))
        tuned.append(try grid(setting).best(of: dense, data, seed: seed, setting))
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

  /// Our run, as `autoprune prune --max-drop 2 --fine-tune E` makes it.
  private static func search(
    _ dense: Graph, _ data: DataSet, _ seed: UInt64, _ setting: BenchSetting
  ) async throws -> FoundNetwork {
    let report = try await AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default")
    ).prune(
      dense, on: data,
      options: PruningOptions(
        budget: .maximumDrop(points: budget), fineTuneEpochs: setting.isSmoke ? 1 : epochs.search,
        timeLimitSeconds: setting.isSmoke ? 2 : nil, seed: seed, compensation: .closedForm,
        adaptation: AdaptationOptions())
    ).report
    let isCertified = report.certificate?.holds ?? false
    return FoundNetwork(
      foundSparsity: report.rounds.filter { $0.decision == .accepted }
        .map { 1 - $0.densityAfter }.max() ?? 0,
      sparsity: isCertified ? report.sparsity : 0,
      testDropPoints: isCertified ? 100 * (report.dense.metric - report.pruned.metric) : 0,
      seconds: report.seconds, epochs: report.epochs,
      gradientEvaluations: Double(report.gradientEvaluations))
  }

  private static func grid(_ setting: BenchSetting) -> MagnitudeGrid {
    MagnitudeGrid(
      sparsities: setting.isSmoke
        ? [0.4, 0.6] : [0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.985],
      epochs: setting.isSmoke ? 0.5 : epochs.run, budgetPoints: budget)
  }

  private static func rows(
    _ network: String, _ own: [FoundNetwork], _ tuned: [FoundNetwork], _ setting: BenchSetting
  ) -> [BenchRow] {
    func row(
      _ what: String, _ unit: String, target: Double? = nil, _ value: (FoundNetwork) -> Double
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
      row("certified sparsity", "%", target: 100 * Spread.mean(tuned.map(\.sparsity))) {
        100 * $0.sparsity
      },
      row("sparsity found", "%", target: 100 * Spread.mean(tuned.map(\.foundSparsity))) {
        100 * $0.foundSparsity
      },
      row("points lost on the test part", "points", target: budget, \.testDropPoints),
      row("seconds", "s", target: Spread.mean(tuned.map(\.seconds)) / 3, \.seconds),
      row("epochs", "", target: Spread.mean(tuned.map(\.epochs)) / 3, \.epochs),
      row("gradients of selections", "", \.gradientEvaluations),
    ]
  }
}
