import AutoPrune
import Foundation
import Testing
import TorchBackend

@Suite("The library prunes end to end", .serialized)
struct AutoPrunerTests {
  private func pruner(_ criterion: String = "fisher") throws -> AutoPruner<TorchEngine> {
    AutoPruner(engine: try TorchEngine(threads: 1), predictor: try .criterion(named: criterion))
  }

  @Test("as the documentation's example shows")
  func documentedExample() async throws {
    let folder = FileManager.default.temporaryDirectory
    let modelURL = folder.appendingPathComponent("model-\(UUID().uuidString).onnx")
    let outputURL = folder.appendingPathComponent("small-\(UUID().uuidString).onnx")
    defer { for url in [modelURL, outputURL] { try? FileManager.default.removeItem(at: url) } }
    try ONNXWriter().write(try await TrainedDigits.network.value.graph, to: modelURL)

    let model = try ONNXReader().read(modelURL)
    let data = try DataSet.digits()
    let pruner = AutoPruner(engine: try TorchEngine(), predictor: try .preset("default"))
    // With fewer passes of adaptation than the example, which take long without optimisation.
    var adaptation = AdaptationOptions()
    adaptation.passes = 8
    let options = PruningOptions(budget: .maximumDrop(points: 5), adaptation: adaptation)
    let outcome = try await pruner.prune(model, on: data, options: options) { progress in
      if case .started(_, let weights, _) = progress { #expect(weights == 64 * 32 + 320) }
    }
    try ONNXWriter().write(outcome.graph, to: outputURL)

    #expect(outcome.isBudgetMet)
    #expect(outcome.report.predictor == "default")
    #expect(outcome.report.sparsity > 0.2)
    let engine = try TorchEngine(threads: 1)
    let written = try ONNXReader().read(outputURL)
    let test = try data.test.fitted(to: written)
    let evaluation = try Evaluator<TorchEngine>(metric: .accuracy).evaluate(
      try engine.prepare(written), of: written, with: engine, on: test)
    #expect(evaluation.value == outcome.report.pruned.metric)
    #expect(outcome.report.dense.metric - evaluation.value < 0.05)
  }

  @Test("the report holds every key of the contract, with numbers that agree")
  func report() async throws {
    let dense = try await TrainedDigits.network.value
    let pruned = try await pruner().prune(
      dense.graph, on: try DataSet.digits(),
      options: PruningOptions(budget: .maximumDrop(points: 4), fineTuneEpochs: 2))
    let encoded = try JSONEncoder().encode(pruned.report)
    let report = try #require(
      try JSONSerialization.jsonObject(with: encoded) as? [String: Any])
    for key in [
      "dense", "pruned", "metricName", "sparsity", "certificate", "seconds", "evaluations",
      "epochs", "seed", "predictor", "selectedBy", "stoppedBy", "layers", "rounds",
    ] { #expect(report[key] != nil, "the report lacks '\(key)'") }
    for part in ["dense", "pruned"] {
      let standing = try #require(report[part] as? [String: Any])
      for key in ["metric", "parameters", "nonzero", "macs", "fileBytes", "latencySeconds"] {
        #expect(standing[key] is NSNumber, "\(part) lacks '\(key)'")
      }
    }
    let certificate = try #require(report["certificate"] as? [String: Any])
    for key in [
      "maxDropPoints", "confidence", "dropUpperBoundPoints", "samples", "regressed", "recovered",
    ] { #expect(certificate[key] is NSNumber, "the certificate lacks '\(key)'") }
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.count == 2)
    for key in ["name", "kind", "shape", "sparsity", "granularity"] {
      #expect(layers.allSatisfy { $0[key] != nil }, "a layer lacks '\(key)'")
    }
    #expect(try JSONDecoder().decode(PruneReport.self, from: encoded) == pruned.report)
    #expect(pruned.report.selectedBy == "criterion:fisher")
    #expect(pruned.report.rounds.allSatisfy { $0.selectedBy != nil })

    let weights = pruned.report.layers.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let removed = Double(pruned.report.dense.nonzero - pruned.report.pruned.nonzero)
    #expect(abs(removed / Double(weights) - pruned.report.sparsity) < 0.01)
    #expect(pruned.report.dense.metric == dense.evaluation.value)
    #expect(pruned.report.pruned.sparseMACs < pruned.report.dense.sparseMACs)
    #expect(pruned.report.pruned.macs == pruned.report.dense.macs)
  }

  @Test("a report without a certificate still has the key")
  func absentCertificate() async throws {
    let dense = try await TrainedDigits.network.value
    let pruned = try await pruner("magnitude").prune(
      dense.graph, on: try DataSet.digits(), budget: .sparsity(try Sparsity(0.5)))
    let text = String(decoding: try JSONEncoder().encode(pruned.report), as: UTF8.self)
    #expect(text.contains("\"certificate\":null"))
  }

  @Test("a budget that cannot be met returns the dense network, byte for byte")
  func unmetBudget() async throws {
    let dense = try await TrainedDigits.network.value
    let pruned = try await pruner().prune(
      dense.graph, on: try DataSet.digits(), budget: .metricBound(1.1))
    #expect(!pruned.isBudgetMet)
    #expect(try ONNXWriter().encode(pruned.graph) == ONNXWriter().encode(dense.graph))
    #expect(pruned.report.sparsity == 0)
    #expect(pruned.report.selectedBy == nil)
  }

  @Test("two runs of one seed write the same bytes")
  func determinism() async throws {
    let dense = try await TrainedDigits.network.value
    var files: [[UInt8]] = []
    for _ in 0..<2 {
      let pruned = try await pruner("snip").prune(
        dense.graph, on: try DataSet.digits(),
        options: PruningOptions(
          budget: .sparsity(try Sparsity(0.8)), fineTuneEpochs: 1, seed: 3))
      files.append(Array(try ONNXWriter().encode(pruned.graph)))
    }
    #expect(files[0] == files[1])
  }

  @Test("a started run has its events in a sequence that ends with it")
  func events() async throws {
    let dense = try await TrainedDigits.network.value
    let options = PruningOptions(budget: .sparsity(try Sparsity(0.8)))
    let running = try pruner().start(dense.graph, on: try DataSet.digits(), options: options)
    var rounds: [PruningRound] = []
    var starts = 0
    for await event in running.events {
      switch event {
      case .started: starts += 1
      case .round(let round): rounds.append(round)
      default: break
      }
    }
    let pruned = try await running.value
    #expect(starts == 1)
    #expect(rounds == pruned.report.rounds)
    #expect(pruned.report.stoppedBy == .search)
  }

  @Test("a cancelled run returns what it has and says that it was cancelled")
  func cancellation() async throws {
    let dense = try await TrainedDigits.network.value
    let options = PruningOptions(budget: .maximumDrop(points: 4), fineTuneEpochs: 4_000)
    let running = try pruner().start(dense.graph, on: try DataSet.digits(), options: options)
    for await event in running.events {
      if case .tuning = event { running.cancel() }
    }
    let pruned = try await running.value
    #expect(pruned.report.stoppedBy == .interrupted)
    #expect(pruned.report.epochs < 4_000)
  }

  @Test("a run leaves the shared pool of threads to others")
  func executor() async throws {
    let dense = try await TrainedDigits.network.value
    let options = PruningOptions(budget: .maximumDrop(points: 4), fineTuneEpochs: 4_000)
    // More runs than the pool has threads.
    let runs = try (0..<ProcessInfo.processInfo.activeProcessorCount + 1).map { _ in
      try pruner().start(dense.graph, on: try DataSet.digits(), options: options)
    }
    for run in runs {
      for await event in run.events {
        if case .tuning = event { break }
      }
    }
    for run in runs { run.cancel() }
    for run in runs {
      #expect(try await run.value.report.stoppedBy == .interrupted)
    }
  }

  @Test("a sweep reports the test part")
  func sweep() async throws {
    let dense = try await TrainedDigits.network.value
    let result = try await pruner("lamp").sweep(
      dense.graph, on: try DataSet.digits(), sparsities: [try Sparsity(0.5), try Sparsity(0.95)],
      options: PruningOptions(budget: .maximumDrop(points: 0)))
    #expect(result.dense == dense.evaluation.value)
    #expect(result.points.count == 2)
    #expect(result.points[0].metric > result.points[1].metric)
  }

  @Test("weights that are not finite are refused by name")
  func nonFiniteWeights() async throws {
    var graph = try await TrainedDigits.network.value.graph
    let layer = try #require(graph.prunableLayers().first)
    var weights = try #require(graph.parameters()[layer.parameter]?.floats)
    weights[5] = .nan
    try graph.setParameters([layer.parameter: HostTensor(weights, shape: layer.shape)])
    let error = await #expect(throws: GraphError.self) {
      try await pruner().prune(
        graph, on: try DataSet.digits(), budget: .maximumDrop(points: 1))
    }
    #expect(error == .nonFinite(parameter: layer.parameter, index: 5))
  }
}
