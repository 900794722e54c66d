import AutoPrune
import TorchBackend

/// Result and cost of one method of pruning.
struct FoundNetwork {
  /// Sparsity of the sparsest network that keeps the budget on the validation part.
  var foundSparsity = 0.0
  /// Sparsity of the certified network; 0 where there is none.
  var sparsity = 0.0
  /// Drop of the certified network on the test part, in points; 0 where there is none.
  var testDropPoints = 0.0
  var seconds = 0.0
  var epochs = 0.0
  var gradientEvaluations = 0.0
}

/// Sparsity tuned by hand: one whole run of gradual magnitude pruning per sparsity of a grid, of which the sparsest
/// network that keeps the budget on the validation part is taken.
struct MagnitudeGrid {
  /// Sparsities of the grid, ascending.
  let sparsities: [Double]
  /// Epochs of fine-tuning of each run.
  let epochs: Double
  let budgetPoints: Double

  func best(
    of dense: Graph, _ data: DataSet, seed: UInt64, _ setting: BenchSetting
  ) throws -> FoundNetwork {
    let engine = try TorchEngine(threads: setting.threads)
    let split = DataSplit(try data.train.fitted(to: dense), seed: 0).keepingCertificationUnseen
    var best = FoundNetwork()
    var winner: Graph?
    for sparsity in sparsities {
      let outcome = try PruningController(
        engine: engine, criterion: try .criterion(named: "magnitude"),
        options: PruningOptions(
          budget: .sparsity(try Sparsity(sparsity)), fineTuneEpochs: epochs, seed: seed)
      ).prune(dense, split: split)
      best.seconds += outcome.wallSeconds
      best.epochs += outcome.epochs
      guard let round = outcome.rounds.last, round.dropUpperBoundPoints <= budgetPoints else {
        continue
      }
      best.foundSparsity = outcome.sparsity
      winner = outcome.graph
    }
    guard let winner,
      try isCertified(winner, against: dense, on: split.certification, with: engine)
    else { return best }
    best.sparsity = best.foundSparsity
    let test = try data.test.fitted(to: dense)
    best.testDropPoints = try evaluate(winner, on: test, with: engine).dropPoints(
      from: try evaluate(dense, on: test, with: engine))
    return best
  }

  private func isCertified(
    _ pruned: Graph, against dense: Graph, on certify: ExampleSet, with engine: TorchEngine
  ) throws -> Bool {
    try PairedBound(confidence: 0.95).certificate(
      dense: try evaluate(dense, on: certify, with: engine),
      pruned: try evaluate(pruned, on: certify, with: engine), maxDropPoints: budgetPoints
    ).holds
  }

  private func evaluate(
    _ graph: Graph, on examples: ExampleSet, with engine: TorchEngine
  ) throws -> Evaluation {
    try Evaluator<TorchEngine>(metric: .accuracy).evaluate(
      try engine.prepare(graph), of: graph, with: engine, on: examples)
  }
}
