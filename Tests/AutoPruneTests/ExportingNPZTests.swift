import AutoPrune
import Foundation
import PruneCore
import Testing

@Suite("Export to NPZ")
struct ExportingNPZTests {
  private static let python = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".venv/bin/python")

  private func withArchive(_ body: (RunArchive, RunID, URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("npz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let archive = try RunArchive(path: folder.appendingPathComponent("runs.sqlite").path)
    let cost = Cost(parameters: 90, nonzero: 80, macs: 70, sparseMACs: 60, fileBytes: 50)
    let run = try archive.begin(
      RunRecord(
        network: NetworkFingerprint(
          architecture: "net", layers: [], structureHash: "a", weightsHash: "b"),
        data: DataFingerprint(name: "data", hash: "c", trainExamples: 100), seed: 7, versions: [:],
        commandLine: [], importance: .criterion("lamp"), granularity: .element,
        budget: .maximumDrop(points: 1), metric: .accuracy,
        dense: Measurement(metric: 0.875, cost: cost)))
    try archive.append(
      PruningRound(
        index: 0, densityBefore: 1, densityAfter: 0.25, decision: .accepted, metric: 0.75,
        dropPoints: 12.5, dropUpperBoundPoints: 14, epochs: 2, wallSeconds: 3,
        layerDensities: [0.25]), to: run)
    try archive.store(
      SampleTable(
        kind: .setProbes, featureVersion: 1,
        columns: [
          .init(name: "log-magnitude", values: [1, -2.5, 3]),
          .init(name: "loss_change", values: [0.5, 0.25, 0]),
        ]), for: run)
    try body(archive, run, folder.appendingPathComponent("npz"))
  }

  @Test("arrays are named as the columns, and empty where nothing was measured")
  func columns() throws {
    try withArchive { archive, run, folder in
      let files = try archive.exportNPZ(to: folder)
      #expect(
        files.map(\.lastPathComponent)
          == ["runs.npz", "rounds.npz", "samples-\(run)-0-set-probes.npz"])
      let runs = try NPZFile(contentsOf: files[0])
      #expect(runs["dense_metric"]?.storage == .float64([0.875]))
      #expect(runs["run_id"]?.storage == .uint8(Array(run.description.utf8)))
      guard case .float64(let pruned)? = runs["pruned_metric"]?.storage else {
        Issue.record("no pruned metric")
        return
      }
      #expect(pruned.count == 1 && pruned[0].isNaN)
      let samples = try NPZFile(contentsOf: files[2])
      #expect(samples.names == ["log-magnitude", "loss_change"])
      #expect(samples["log-magnitude"]?.floats == [1, -2.5, 3])
      #expect(throws: ArchiveError.self) { try archive.exportNPZ(to: folder, runs: [RunID()]) }
    }
  }

  @Test(
    "numpy reads it back", .enabled(if: FileManager.default.isExecutableFile(atPath: python.path)))
  func numpy() throws {
    try withArchive { archive, run, folder in
      let files = try archive.exportNPZ(to: folder)
      let process = Process()
      process.executableURL = Self.python
      process.arguments =
        [
          "-c",
          """
          import sys, numpy
          runs, rounds, probes = (numpy.load(path) for path in sys.argv[1:])
          print(runs["run_id"].view("S36").ravel()[0].decode())
          print(runs["dense_metric"].dtype, runs["dense_metric"][0], numpy.isnan(runs["epochs"][0]))
          print(rounds["density_after"][0], rounds["is_accepted"][0])
          print(probes["loss_change"].dtype, probes["loss_change"].tolist())
          """,
        ] + files.map(\.path)
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
      #expect(
        lines == [
          run.description, "float64 0.875 True", "0.25 1.0", "float32 [0.5, 0.25, 0.0]",
        ])
    }
  }
}
