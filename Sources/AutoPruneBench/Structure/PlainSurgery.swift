import AutoPrune
import TorchBackend

/// Units cut out of a network and nothing else done to it, as the baseline of the field.
struct PlainSurgery {
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
