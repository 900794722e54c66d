import AutoPrune
import TorchBackend

let data = try DataSet.digits()
let pruner = AutoPruner(engine: try TorchEngine(), predictor: try .preset("default"))
let plan = TrainingPlan(
  optimizer: .standardAdam, peakLearningRate: 3e-3, batchSize: 32, epochs: 10, seed: 1)
let dense = try await pruner.train(
  try Architecture("mlp:64-32-10").graph(seed: 1), on: data, plan: plan)

let (accepted, continuation) = AsyncStream<PruningRound>.makeStream()
let task = Task {
  defer { continuation.finish() }
  return try await pruner.prune(
    dense.graph, on: data, budget: .accuracyDrop(points: 5), fineTuneEpochs: 100_000
  ) { if case .round(let round) = $0, round.decision == .accepted { continuation.yield(round) } }
}
for await round in accepted {
  print("accepted at sparsity \(round.sparsity)")
  if round.sparsity > 0.7 { task.cancel() }
}
let pruned = try await task.value
print("sparsity \(pruned.report.sparsity), kept its budget: \(pruned.isBudgetMet)")
