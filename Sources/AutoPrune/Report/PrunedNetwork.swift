import ONNXFormat
import PruneController
public import PruneCore
import PruneData
import PruneSurgery

/// A pruned network with its report.
public struct PrunedNetwork: Sendable {
  /// The dense network, unchanged, where the budget could not be met.
  public let graph: Graph
  public let masks: MaskSet
  public var report: PruneReport

  public var isBudgetMet: Bool { report.isBudgetMet }

  init<E: Engine>(
    _ outcome: PruningOutcome, of model: Graph, test: ExampleSet, options: PruningOptions,
    predictor: String, engine: E
  ) throws {
    graph = outcome.graph
    masks = outcome.masks
    let evaluator = Evaluator<E>(metric: options.metric)
    let denseProgram = try engine.prepare(model)
    let reference =
      options.metric == .fidelity
      ? try evaluator.outputs(denseProgram, with: engine, on: test) : nil
    func standing(_ graph: Graph, masks: MaskSet) throws -> PruneReport.Standing {
      let program = try engine.prepare(graph)
      let evaluation = try evaluator.evaluate(
        program, of: graph, with: engine, on: test, against: reference)
      let example = test.batch(0..<1).inputs
      let cost = CostModel(graph: graph, shapes: try engine.shapes(of: program, on: example)).cost(
        masks: masks, fileBytes: try ONNXWriter().encode(graph).count)
      return PruneReport.Standing(
        metric: evaluation.value, parameters: cost.parameters, nonzero: cost.nonzero,
        macs: cost.macs, sparseMACs: cost.sparseMACs,
        fileBytes: cost.fileBytes,
        latencySeconds: try Latency.median(of: program, on: example, with: engine))
    }
    report = PruneReport(
      dense: try standing(model, masks: MaskSet()),
      pruned: try standing(outcome.graph, masks: outcome.masks), metricName: options.metric,
      sparsity: outcome.sparsity, isBudgetMet: outcome.isBudgetMet,
      certificate: outcome.certificate, seconds: outcome.wallSeconds,
      evaluations: outcome.evaluations, epochs: outcome.epochs, seed: options.seed,
      predictor: predictor,
      layers: outcome.layers.map { layer in
        PruneReport.Layer(
          name: layer.name, kind: layer.kind.rawValue, shape: layer.shape,
          sparsity: outcome.masks[layer.parameter]?.sparsity ?? 0,
          granularity: Granularity.element.description)
      },
      rounds: outcome.rounds)
  }
}
