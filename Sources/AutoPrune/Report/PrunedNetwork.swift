import ONNXFormat
import PruneController
public import PruneCore
import PruneData
import PruneSurgery

/// A pruned network with its report.
public struct PrunedNetwork: Sendable {
  /// Graph of the pruned network; of the dense one, unchanged, where the budget could not be met.
  public let graph: Graph
  /// Masks of the prunable layers, by value name.
  public let masks: MaskSet
  /// Report of the run.
  public var report: PruneReport

  /// `true` where a pruned network was found that keeps the budget; ``graph`` is the dense one otherwise.
  public var isBudgetMet: Bool { report.isBudgetMet }

  /// Latencies of the networks side by side, for one example and for a batch of 32, or fewer where the test part is smaller.
  private static func latency<E: Engine>(
    of graphs: [Graph], test: ExampleSet, engine: E
  ) throws -> [LatencyComparison.Measurement] {
    let programs = try graphs.map { try engine.prepare($0) }
    let identity = engine.identity
    return try [1, min(32, test.count)].map { batch in
      let inputs = test.batch(0..<batch).inputs
      // Measured in the order of a comparison: the pruned network against the dense one.
      let runs = programs.reversed().map { program in
        { () throws -> Void in _ = try engine.run(program, on: inputs) }
      }
      return LatencyComparison.Measurement(
        runtime: "\(identity.name) \(identity.version)", threads: identity.threads, batch: batch,
        seconds: try LatencyMeter.brief.measure(runs))
    }
  }

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
      ? try evaluator.references(denseProgram, of: model, with: engine, on: test) : nil
    func result(_ graph: Graph, masks: MaskSet) throws -> PruneReport.NetworkResult {
      let program = try engine.prepare(graph)
      let evaluation = try evaluator.evaluate(
        program, of: graph, with: engine, on: test, against: reference)
      let example = test.batch(0..<1).inputs
      let encoded = try ONNXWriter().encode(graph)
      let latency = try LatencyMeter.brief.latency(of: program, on: example, with: engine)
      let cost = CostModel(graph: graph, shapes: try engine.shapes(of: program, on: example)).cost(
        masks: masks, fileBytes: encoded.count)
      return PruneReport.NetworkResult(
        metric: evaluation.value, parameters: cost.parameters, nonzero: cost.nonzero,
        macs: cost.macs, sparseMACs: cost.sparseMACs,
        fileBytes: cost.fileBytes,
        packedBytes: try ModelPacker().packedByteCount(of: encoded),
        latencySeconds: latency.medianSeconds)
    }
    report = PruneReport(
      dense: try result(model, masks: MaskSet()),
      pruned: try result(outcome.graph, masks: outcome.masks), metric: options.metric,
      sparsity: outcome.sparsity, isBudgetMet: outcome.isBudgetMet,
      certificate: outcome.certificate, seconds: outcome.wallSeconds,
      evaluations: outcome.evaluations, gradientEvaluations: outcome.gradientEvaluations,
      epochs: outcome.epochs, seed: options.seed,
      predictor: predictor, selectedBy: outcome.selectedBy?.description,
      stoppedBy: outcome.stoppedBy,
      layers: outcome.layers.map { layer in
        PruneReport.Layer(
          name: layer.name, kind: layer.kind.rawValue, shape: layer.shape,
          sparsity: outcome.masks[layer.parameter]?.sparsity ?? 0,
          granularity: options.granularity.description)
      },
      rounds: outcome.rounds,
      latency: try Self.latency(of: [model, outcome.graph], test: test, engine: engine),
      compensation: outcome.compensation)
  }
}
