import AutoPrune
import Foundation
import TorchBackend

/// Whole channels cut out by AutoPrune and by Torch-Pruning: same dense networks, data, MACs, evaluation and fine-tuning.
///
/// Of what Torch-Pruning's importances make, with batch-norm statistics as they were and taken anew, the network counts
/// that is best on the search part.
enum TorchPruning: Benchmark {
  static let name = "torch-pruning"
  static let summary =
    "ResNet-8 on MNIST at 14×14, 2 and 3 times fewer MACs, test accuracy beside Torch-Pruning's"

  /// Test accuracies of one dense network at one share of its MACs.
  private struct Cell {
    let share: Double
    let isTuned: Bool
    let ours: Double
    let theirs: Double
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let peer = try TorchPruningPeer()
    let data = try MNIST.loadHalved(setting)
    var cells: [Cell] = []
    var dense: [Double] = []
    var version = ""
    for seed in 1...(setting.isSmoke ? 1 : 3) as ClosedRange<UInt64> {
      let trained = try await pruner(setting).train(
        try Architecture.resnet(depth: depth).graph(
          options: ArchitectureOptions(inputShape: [1, 14, 14]), seed: seed), on: data,
        plan: plan(epochs: setting.isSmoke ? 0.2 : 3, rate: 0.1, seed: seed))
      dense.append(100 * trained.evaluation.value)
      let contest = Contest(
        graph: trained.graph, data: data, seed: seed, setting: setting, peer: peer)
      cells += try await contest.run(version: &version)
    }
    return [row(setting, "dense", dense)] + rows(cells, setting, peerName: version)
  }

  private static func rows(
    _ cells: [Cell], _ setting: BenchSetting, peerName: String
  ) -> [BenchRow] {
    var rows: [BenchRow] = []
    for isTuned in [false, true] {
      for share in shares {
        let chosen = cells.filter { $0.isTuned == isTuned && $0.share == share }
        if chosen.isEmpty { continue }
        let when = isTuned ? "one epoch of fine-tuning" : "right after pruning"
        let times = Int((1 / share).rounded())
        var row = row(setting, "\(times)× fewer MACs, \(when)", chosen.map(\.ours))
        row.peer = Spread.mean(chosen.map(\.theirs))
        row.peerName = peerName
        row.target = row.peer
        rows.append(row)
      }
    }
    rows.append(
      BenchRow(
        benchmark: name, setting: "cells in which it is not behind",
        value: Double(cells.count { $0.ours >= $0.theirs }), unit: "of \(cells.count)",
        target: Double(cells.count), threads: setting.threads, versions: setting.versions))
    return rows
  }

  private static func row(
    _ setting: BenchSetting, _ what: String, _ values: [Double]
  ) -> BenchRow {
    BenchRow(
      benchmark: name, setting: what, value: Spread.mean(values), unit: "%",
      spread: Spread.standardDeviation(values), repetitions: values.count,
      threads: setting.threads, versions: setting.versions)
  }

  private static func pruner(_ setting: BenchSetting) throws -> AutoPruner<TorchEngine> {
    AutoPruner(
      engine: try TorchEngine(threads: setting.threads), predictor: try .preset("default"))
  }

  private static func plan(epochs: Double, rate: Float, seed: UInt64) -> TrainingPlan {
    TrainingPlan(
      optimizer: .momentum, peakLearningRate: rate,
      schedule: LearningRateSchedule(.cosine, warmupFraction: 0.1), weightDecay: 1e-4,
      epochs: epochs, seed: seed)
  }

  private static var depth: Int { 8 }
  private static var shares: [Double] { [1.0 / 2, 1.0 / 3] }

  /// One dense network, pruned by both.
  private struct Contest {
    let graph: Graph
    let data: DataSet
    let seed: UInt64
    let setting: BenchSetting
    let peer: TorchPruningPeer

    func run(version: inout String) async throws -> [Cell] {
      let folder = try ScratchFolder(TorchPruning.name)
      defer { folder.discard() }
      let split = DataSplit(try data.train.fitted(to: graph), seed: 0)
      let answer = try peer.prune(
        graph, depth: TorchPruning.depth, keeping: TorchPruning.shares,
        with: split.fit.batch(0..<(setting.isSmoke ? 64 : 512)), seed: seed,
        importances: setting.isSmoke
          ? ["magnitude"] : ["magnitude", "bn-scale", "taylor", "hessian"],
        in: folder, threads: setting.threads)
      version = answer.version
      var cells: [Cell] = []
      for share in TorchPruning.shares {
        let theirs = try best(
          of: answer.networks.filter { abs($0.keep - share) < 1e-9 }, on: split.search)
        let ours = try await TorchPruning.pruner(setting).prune(
          graph, on: data,
          options: PruningOptions(
            budget: .sparsity(try Sparsity(1 - share)), seed: seed, compensation: .closedForm,
            granularity: .channel, objective: .macs))
        let test = try data.test.fitted(to: graph)
        cells.append(
          Cell(
            share: share, isTuned: false, ours: 100 * ours.report.pruned.metric,
            theirs: 100 * (try accuracy(of: theirs, on: test))))
        cells.append(
          Cell(
            share: share, isTuned: true, ours: try await tuned(ours.graph),
            theirs: try await tuned(theirs)))
      }
      return cells
    }

    private func best(
      of networks: [TorchPruningPeer.Network], on examples: ExampleSet
    ) throws -> Graph {
      var best: (accuracy: Double, graph: Graph)?
      for network in networks {
        let graph = try network.graph()
        let accuracy = try accuracy(of: graph, on: examples)
        if accuracy > best?.accuracy ?? -1 { best = (accuracy, graph) }
      }
      guard let best else {
        throw PeerScript.Failure(script: "torch_pruning_networks.py", reason: "no network")
      }
      return best.graph
    }

    private func accuracy(of graph: Graph, on examples: ExampleSet) throws -> Double {
      let engine = try TorchEngine(threads: setting.threads)
      return try Evaluator<TorchEngine>(metric: .accuracy).evaluate(
        try engine.prepare(graph), of: graph, with: engine, on: examples
      ).value
    }

    /// Test accuracy in per cent after the fine-tuning that both get.
    private func tuned(_ graph: Graph) async throws -> Double {
      let trained = try await TorchPruning.pruner(setting).train(
        graph, on: data,
        plan: TorchPruning.plan(epochs: setting.isSmoke ? 0.2 : 1, rate: 0.02, seed: seed))
      return 100 * trained.evaluation.value
    }
  }
}

extension MNIST {
  /// Means of two by two pixels.
  static func loadHalved(_ setting: BenchSetting) throws -> DataSet {
    let data = try load(setting)
    func part(_ examples: ExampleSet) throws -> ExampleSet {
      try halved(setting.isSmoke ? examples.subset(Array(0..<1_000)) : examples)
    }
    return try DataSet(
      name: "MNIST halved", train: try part(data.train), test: try part(data.test))
  }

  private static func halved(_ examples: ExampleSet) throws -> ExampleSet {
    let batch = examples.batch(0..<examples.count)
    let values = batch.inputs[0].floats ?? []
    let (side, half) = (28, 14)
    var means = [Float](repeating: 0, count: examples.count * half * half)
    for position in means.indices {
      let (row, column) = position.quotientAndRemainder(dividingBy: half)
      let corner = 2 * row * side + 2 * column
      means[position] =
        (values[corner] + values[corner + 1] + values[corner + side] + values[corner + side + 1])
        / 4
    }
    return try ExampleSet(
      inputs: [HostTensor(means, shape: [examples.count, 1, half, half])],
      targets: batch.targets, named: "MNIST halved")
  }
}
