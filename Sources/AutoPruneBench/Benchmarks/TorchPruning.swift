import AutoPrune
import Foundation
import TorchBackend

/// Whole channels cut out by AutoPrune and by Torch-Pruning: same dense networks, data, MACs, evaluation and fine-tuning.
///
/// In every cell Torch-Pruning is represented by its network that is best on the test part itself, over all its
/// importances, with batch-norm statistics as they were and re-estimated. A user could not choose that well.
enum TorchPruning: Benchmark {
  static let name = "torch-pruning"
  static let summary =
    "ResNet-8 on MNIST at 14×14, 2 and 3 times fewer MACs, test accuracy beside Torch-Pruning's"

  /// Test accuracies in per cent of one dense network at one share of its MACs.
  fileprivate struct Cell {
    let share: Double
    let isTuned: Bool
    let ours: Double
    /// Test accuracies of Torch-Pruning by importance.
    let theirs: [String: Double]

    var best: Double { theirs.values.max() ?? 0 }
  }

  /// MACs left, in per cent of the dense network's.
  fileprivate struct Size {
    let share: Double
    let ours: Double
    let theirs: Double
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let peer = try TorchPruningPeer()
    let data = try MNIST.loadHalved(setting)
    var (cells, sizes, dense): ([Cell], [Size], [Double]) = ([], [], [])
    var version = ""
    for seed in 1...(setting.isSmoke ? 1 : 3) as ClosedRange<UInt64> {
      let trained = try await PruningContest.pruner(setting).train(
        try Architecture.resnet(depth: PruningContest.depth).graph(
          options: ArchitectureOptions(inputShape: [1, 14, 14]), seed: seed), on: data,
        plan: PruningContest.plan(epochs: setting.isSmoke ? 0.2 : 3, rate: 0.1, seed: seed))
      dense.append(100 * trained.evaluation.value)
      let contest = PruningContest(
        graph: trained.graph, data: data, seed: seed, setting: setting, peer: peer)
      let outcome = try await contest.run(keeping: shares)
      cells += outcome.cells
      sizes += outcome.sizes
      version = outcome.version
    }
    return [row(setting, "dense", dense)] + rows(cells, setting, peerName: version)
      + rows(sizes, setting, peerName: version)
  }

  private static func rows(
    _ cells: [Cell], _ setting: BenchSetting, peerName: String
  ) -> [BenchRow] {
    var rows: [BenchRow] = []
    for isTuned in [false, true] {
      for share in shares {
        let chosen = cells.filter { $0.isTuned == isTuned && $0.share == share }
        if chosen.isEmpty { continue }
        let title =
          "\(times(share))× fewer MACs, "
          + (isTuned ? "one epoch of fine-tuning" : "right after pruning")
        var ours = row(setting, title, chosen.map(\.ours))
        ours.peer = Spread.mean(chosen.map(\.best))
        ours.peerName = "\(peerName), best per seed"
        ours.target = ours.peer
        rows.append(ours)
        for importance in Set(chosen.flatMap(\.theirs.keys)).sorted() {
          rows.append(
            row(
              setting, "\(title), \(peerName) by \(importance)",
              chosen.compactMap { $0.theirs[importance] }))
        }
      }
    }
    rows.append(
      BenchRow(
        benchmark: name, setting: "cells in which it is not behind",
        value: Double(cells.count { $0.ours >= $0.best }), unit: "of \(cells.count)",
        target: Double(cells.count), threads: setting.threads, versions: setting.versions))
    return rows
  }

  private static func rows(
    _ sizes: [Size], _ setting: BenchSetting, peerName: String
  ) -> [BenchRow] {
    shares.map { share in
      let chosen = sizes.filter { $0.share == share }
      var row = row(setting, "\(times(share))× fewer MACs, MACs left", chosen.map(\.ours))
      row.peer = Spread.mean(chosen.map(\.theirs))
      row.peerName = peerName
      row.target = 100 * share
      return row
    }
  }

  private static func row(
    _ setting: BenchSetting, _ what: String, _ values: [Double]
  ) -> BenchRow {
    BenchRow(
      benchmark: name, setting: what, value: Spread.mean(values), unit: "%",
      spread: Spread.standardDeviation(values), repetitions: values.count,
      threads: setting.threads, versions: setting.versions)
  }

  private static func times(_ share: Double) -> Int { Int((1 / share).rounded()) }

  private static var shares: [Double] { [1.0 / 2, 1.0 / 3] }
}

/// A dense network to be pruned by AutoPrune and by Torch-Pruning.
private struct PruningContest {
  let graph: Graph
  let data: DataSet
  let seed: UInt64
  let setting: BenchSetting
  let peer: TorchPruningPeer

  struct Outcome {
    var cells: [TorchPruning.Cell] = []
    var sizes: [TorchPruning.Size] = []
    var version = ""
  }

  static var depth: Int { 8 }

  static func pruner(_ setting: BenchSetting) throws -> AutoPruner<TorchEngine> {
    AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
  }

  static func plan(epochs: Double, rate: Float, seed: UInt64) -> TrainingPlan {
    TrainingPlan(
      optimizer: .momentum, peakLearningRate: rate,
      schedule: LearningRateSchedule(.cosine, warmupFraction: 0.1), weightDecay: 1e-4,
      epochs: epochs, seed: seed)
  }

  func run(keeping shares: [Double]) async throws -> Outcome {
    let folder = try ScratchFolder(TorchPruning.name)
    defer { folder.discard() }
    let split = DataSplit(try data.train.fitted(to: graph), seed: 0)
    let answer = try peer.prune(
      graph, depth: Self.depth, keeping: shares,
      with: split.training.batch(0..<(setting.isSmoke ? 64 : 2_000)), seed: seed,
      importances: setting.isSmoke
        ? ["magnitude"] : ["magnitude", "bn-scale", "taylor", "hessian"],
      in: folder, threads: setting.threads)
    var outcome = Outcome(version: answer.version)
    for share in shares {
      let networks = answer.networks.filter { abs($0.keep - share) < 1e-9 }
      let ours = try await Self.pruner(setting).prune(
        graph, on: data,
        options: PruningOptions(
          budget: .sparsity(try Sparsity(1 - share)), seed: seed, compensation: .closedForm,
          granularity: .channel, objective: .macs))
      outcome.cells.append(
        TorchPruning.Cell(
          share: share, isTuned: false, ours: 100 * ours.report.pruned.metric,
          theirs: try accuracies(of: networks)))
      outcome.cells.append(
        TorchPruning.Cell(
          share: share, isTuned: true, ours: try await tuned(ours.graph),
          theirs: try await tuned(networks)))
      outcome.sizes.append(
        TorchPruning.Size(
          share: share,
          ours: 100 * Double(ours.report.pruned.macs) / Double(max(1, ours.report.dense.macs)),
          theirs: Spread.mean(networks.map { 100 * Double($0.macs) / Double(max(1, answer.macs)) }))
      )
    }
    return outcome
  }

  /// Test accuracies in per cent by importance, with the better of both batch-norm statistics.
  private func accuracies(
    of networks: [TorchPruningPeer.Network]
  ) throws -> [String: Double] {
    let test = try data.test.fitted(to: graph)
    return try networks.reduce(into: [:]) { best, network in
      let graph = try network.graph()
      let engine = try TorchEngine(threads: setting.threads)
      let accuracy = try Evaluator<TorchEngine>(metric: .accuracy).evaluate(
        try engine.prepare(graph), of: graph, with: engine, on: test
      ).value
      best[network.importance] = max(best[network.importance] ?? 0, 100 * accuracy)
    }
  }

  /// Test accuracies in per cent by importance, after fine-tuning from re-estimated batch-norm statistics.
  private func tuned(
    _ networks: [TorchPruningPeer.Network]
  ) async throws -> [String: Double] {
    var accuracies: [String: Double] = [:]
    for network in networks where network.normalization == "taken anew" {
      accuracies[network.importance] = try await tuned(try network.graph())
    }
    return accuracies
  }

  /// Test accuracy in per cent after the fine-tuning that both get.
  private func tuned(_ graph: Graph) async throws -> Double {
    let trained = try await Self.pruner(setting).train(
      graph, on: data,
      plan: Self.plan(epochs: setting.isSmoke ? 0.2 : 1, rate: 0.02, seed: seed))
    return 100 * trained.evaluation.value
  }
}
