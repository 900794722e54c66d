import AutoPrune
import Foundation
import TorchBackend

/// Half the MACs cut out of every model: does it stay the masked network in another runtime?
enum StructuredZoo: Benchmark {
  static let name = "structured-zoo"
  static let summary =
    "every model cut to half its MACs, against the masked network in onnxruntime (1e-4 promised)"

  private struct Comparison: Decodable {
    let difference: Double
    /// Standard deviation of the outputs by their largest, so that a constant output is seen.
    let spread: Double
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let engine = try TorchEngine(threads: setting.threads)
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("autoprune-structured-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { discard(folder) }
    var rows: [BenchRow] = []
    try StructuredModel.all(setting, engine: engine) { model in
      rows += try halve(model, in: folder, setting)
    }
    return rows
  }

  private static func discard(_ folder: URL) {
    do { try FileManager.default.removeItem(at: folder) } catch {
      FileHandle.standardError.write(Data("'\(folder.path)' stays: \(error)\n".utf8))
    }
  }

  private static func halve(
    _ model: StructuredModel, in folder: URL, _ setting: BenchSetting
  ) throws -> [BenchRow] {
    let halved = HalvedNetwork(model, keeping: 0.5)
    let small = try GraphSurgery(model.analysis).remove(halved.removed, from: model.graph)
    let files = ["masked", "small"].map { folder.appendingPathComponent("\($0).onnx") }
    try ONNXWriter().write(
      try model.analysis.masking(halved.removed, in: model.graph), to: files[0])
    try ONNXWriter().write(small, to: files[1])
    let python = PeerScript.root.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent(".venv/bin/python").path
    let comparison = try PeerScript(name: "compare_models.py", interpreter: python)
      .run(files.map(\.path) + ["\(setting.threads)"], as: Comparison.self)
    let macs = model.macs(removing: [])
    let sizes = try files.map { url in
      try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    }
    func row(_ figure: String, _ value: Double, _ unit: String, _ target: Double?) -> BenchRow {
      BenchRow(
        benchmark: name, setting: "\(model.name), \(figure)", value: value, unit: unit,
        target: target, threads: setting.threads, versions: setting.versions)
    }
    return [
      row("MACs left of \(macs)", 100 * Double(halved.macs) / Double(max(1, macs)), "%", 50),
      row(
        "weights left of \(elements(of: model.graph))",
        100 * Double(elements(of: small)) / Double(max(1, elements(of: model.graph))), "%", nil),
      row("bytes left of \(sizes[0])", 100 * Double(sizes[1]) / Double(max(1, sizes[0])), "%", nil),
      row("difference from the masked network", comparison.difference, "", 1e-4),
      row("spread of the outputs", comparison.spread, "", nil),
    ]
  }

  private static func elements(of graph: Graph) -> Int {
    graph.parameters().values.reduce(0) { $0 + ($1.elementType.isFloatingPoint ? $1.count : 0) }
  }
}

/// How many channels of every model can go, and what blocked the rest.
enum PrunableChannels: Benchmark {
  static let name = "prunable-channels"
  static let summary = "share of layer outputs that can be removed, and what stopped the others"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let engine = try TorchEngine(threads: setting.threads)
    var rows: [BenchRow] = []
    try StructuredModel.all(setting, engine: engine) { model in
      let inspection = CouplingInspection(model.analysis, shapes: model.shapes)
      func row(_ text: String, _ count: Int) -> BenchRow {
        BenchRow(
          benchmark: name, setting: "\(model.name): \(text)",
          value: 100 * Double(count) / Double(max(1, inspection.outputs)), unit: "%",
          threads: setting.threads, versions: setting.versions)
      }
      rows.append(
        row(
          "\(inspection.prunableOutputs) of \(inspection.outputs) outputs prunable in "
            + "\(inspection.groups.count) groups", inspection.prunableOutputs))
      var blocked: [String: Int] = [:]
      for obstacle in inspection.obstacles {
        blocked["\(obstacle.operation) \(obstacle.reason)", default: 0] += obstacle.blocked
      }
      for (reason, count) in blocked.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        rows.append(row("\(count) blocked, \(reason)", count))
      }
    }
    return rows
  }
}
