import AutoPrune
import Foundation
import TorchBackend

/// Half the MACs and half the bytes cut out of every model without data: difference of its outputs from those of the
/// masked network, in another runtime.
enum StructuredZoo: Benchmark {
  static let name = "structured-zoo"
  static let summary =
    "every model cut to half its MACs and bytes, against the masked network in onnxruntime (1e-4 promised)"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let engine = try TorchEngine(threads: setting.threads)
    let folder = try ScratchFolder(name)
    defer { folder.discard() }
    var rows: [BenchRow] = []
    try StructuredModel.all(setting, engine: engine) { model in
      rows += try halve(model, in: folder, engine, setting)
    }
    return rows
  }

  private static func halve(
    _ model: StructuredModel, in folder: ScratchFolder, _ engine: TorchEngine,
    _ setting: BenchSetting
  ) throws -> [BenchRow] {
    let inputs = try DataSet.random(for: model.graph, examples: 10).train.fitted(to: model.graph)
    let cut = try CutNetwork(
      model.graph, keeping: 0.5, by: .criterion(named: "l1"), of: [.macs, .bytes], fit: inputs,
      objective: .meanSquaredError, engine: engine)
    let comparison = try cut.compare(in: folder, threads: setting.threads)
    let files = [folder.file("masked.onnx"), folder.file("small.onnx")]
    func row(_ figure: String, _ value: Double, _ unit: String, _ target: Double?) -> BenchRow {
      BenchRow(
        benchmark: name, setting: figure, column: model.name, value: value, unit: unit,
        target: target, threads: setting.threads, versions: setting.versions)
    }
    func left(_ figure: String, _ dense: Int, _ small: Int) -> BenchRow {
      row("\(figure) left", 100 * Double(small) / Double(max(1, dense)), "%", 50)
    }
    let sizes = try files.map { url in
      try url.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    }
    let small = try StructuredModel(model.name, cut.small, engine: engine)
    return [
      left("MACs", model.macs, small.macs),
      left("bytes of weights", weightBytes(of: model.graph), weightBytes(of: cut.small)),
      left("bytes of the file", sizes[0], sizes[1]),
      row("difference from the masked network", comparison.difference, "", 1e-4),
      row("spread of the outputs", comparison.spread, "", nil),
    ]
  }

  private static func weightBytes(of graph: Graph) -> Int {
    graph.parameters().values.reduce(0) { sum, tensor in
      tensor.elementType.isFloatingPoint
        ? sum + tensor.count * (tensor.elementType.bitWidth ?? 0) / 8 : sum
    }
  }
}

/// Share of the channels of every model that can be pruned, and the operators that block the rest.
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
      let branches =
        inspection.branches.isEmpty
        ? "" : ", \(inspection.branches.count) residual branches can go whole"
      rows.append(
        row(
          "\(inspection.prunableOutputs) of \(inspection.outputs) outputs prunable in "
            + "\(inspection.groups.count) groups\(branches)", inspection.prunableOutputs))
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
