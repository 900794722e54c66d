import AutoPrune
import TorchBackend

let data = try DataSet.digits()
let pruner = AutoPruner(engine: try TorchEngine(), predictor: try .preset("default"))
let plan = TrainingPlan(optimizer: .standardAdam, peakLearningRate: 3e-3, epochs: 20, seed: 1)
let untrained = try Architecture("mlp:64-32-10").graph(seed: 1)
let dense = try await pruner.train(untrained, on: data, plan: plan).graph

let (rounds, sink) = AsyncStream<PruningRound>.makeStream()
let task = Task {
  defer { sink.finish() }
  return try await pruner.prune(
    dense, on: data, budget: .maximumDrop(points: 5), fineTuneEpochs: 100_000
  ) { if case .round(let round) = $0 { sink.yield(round) } }
}
for await round in rounds {
  print("sparsity \(round.sparsity): \(round.decision)")
  if round.decision == .accepted { task.cancel() }
}
let pruned = try await task.value
print("sparsity \(pruned.report.sparsity), kept its budget: \(pruned.isBudgetMet)")
