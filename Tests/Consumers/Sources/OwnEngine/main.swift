import AutoPrune

// A runtime that knows nothing but one linear layer gets the predictor, the search and the certificate.
let data = try DataSet.digits()
let engine = SoftmaxRegressionEngine()
let pruner = AutoPruner(engine: engine, predictor: try .preset("default"))
let dense = try await pruner.train(
  try Architecture("mlp:64-10").graph(seed: 1), on: data,
  plan: TrainingPlan(peakLearningRate: 0.5, batchSize: 64, epochs: 20, seed: 1))
let pruned = try await pruner.prune(dense.graph, on: data, budget: .maximumDrop(points: 4))
print("accuracy \(dense.evaluation.value) with \(pruned.report.dense.nonzero) weights")
print("accuracy \(pruned.report.pruned.metric) with \(pruned.report.pruned.nonzero) weights")
print("kept its budget: \(pruned.isBudgetMet)")
