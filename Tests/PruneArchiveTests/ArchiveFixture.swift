import Foundation
import PruneArchive
import PruneCore
import PruneSupport

/// A folder for one test, removed when the fixture goes away, and records to put into archives in it.
final class ArchiveFixture {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "archive-test-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String = "runs.sqlite") -> String { folder.appendingPathComponent(name).path }

  static func record(seed: UInt64 = 1, budget: Budget = .maximumDrop(points: 0.5)) -> RunRecord {
    RunRecord(
      network: NetworkFingerprint(
        architecture: "lenet5",
        layers: [
          .init(name: "conv1", kind: "convolution", shape: [20, 1, 5, 5]),
          .init(name: "fc \"2\", λ", kind: "linear", shape: [10, 500]),
        ], structureHash: "00000000deadbeef", weightsHash: "0123456789abcdef"),
      data: DataFingerprint(name: "mnist", hash: "feed", trainExamples: 60000), seed: seed,
      versions: ["autoprune": "0.1", "libtorch": "1.13.1"],
      commandLine: ["autoprune", "prune", "model, \"a\".onnx"], importance: .predictor("default"),
      granularity: .element, budget: budget, metric: .accuracy,
      dense: Measurement(metric: 0.991, cost: cost(nonzero: 430_000)))
  }

  static func cost(nonzero: Int, latencySeconds: Double? = nil) -> Cost {
    Cost(
      parameters: 431_080, nonzero: nonzero, macs: 2_293_000, sparseMACs: nonzero * 5,
      fileBytes: 1_724_000, latencySeconds: latencySeconds)
  }

  static func round(_ index: Int, decision: PruningRound.Decision = .accepted) -> PruningRound {
    PruningRound(
      index: index, densityBefore: 1 / Double(index + 1), densityAfter: 1 / Double(index + 2),
      decision: decision, metric: 0.99, dropPoints: 0.1, dropUpperBoundPoints: 0.4, epochs: 2,
      wallSeconds: 1.5, layerDensities: [0.25, 1 / 3])
  }

  static let result = RunResult(
    pruned: Measurement(metric: 0.988, cost: cost(nonzero: 20000, latencySeconds: 1e-4)),
    certificate: Certificate(
      maxDropPoints: 0.5, confidence: 0.95, dropUpperBoundPoints: 0.43, samples: 6000,
      regressed: 12, recovered: 5),
    wallSeconds: 61.5, evaluations: 14, epochs: 10)

  static func samples(rows: Int = 100) -> SampleTable {
    var random = SeededGenerator(seed: 3)
    return SampleTable(
      kind: .setProbes, round: 2, featureVersion: 1,
      columns: ["log |w|", "log ‖x‖", "density"].map { name in
        .init(name: name, values: (0..<rows).map { _ in Float(random.uniform()) - 0.5 })
      })
  }
}
