import AutoPrune
import Foundation
import Testing

@Suite(
  "Outputs are whole or untouched", .enabled(if: CommandLineProgram.isBuilt), .serialized)
struct OutputTests {
  private static let python = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".venv/bin/python")
  private static let peer = python.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Sources/AutoPruneBench/Peers/onnxruntime_accuracy.py")

  private func prepared() throws -> CommandLineProgram {
    let program = try CommandLineProgram()
    try ClusterFile(examples: 1_200).writeNPZ(to: program.url("data.npz"))
    #expect(try program.run("new", "mlp:2-24-3", "-o", "new.onnx", "--seed", "3").status == 0)
    return program
  }

  @Test(
    "onnxruntime scores the pruned model as autoprune does",
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: python.path),
      "needs .venv; `make venv` makes it"))
  func onnxRuntime() throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let trained = try program.run(
      "train", "new.onnx", "--data", "data.npz", "--raw", "--epochs", "10", "--learning-rate",
      "0.01", "--batch-size", "32", "-o", "dense.onnx", "-q")
    #expect(trained.status == 0, "\(trained.error)")
    let pruned = try program.run(
      "prune", "dense.onnx", "--data", "data.npz", "--raw", "--sparsity", "0.6", "--criterion",
      "fisher", "--no-archive", "--json", "report.json", "-o", "small.onnx", "-q")
    #expect(pruned.status == 0, "\(pruned.error)")
    let report = try JSONDecoder().decode(
      PruneReport.self, from: Data(contentsOf: program.url("report.json")))

    let process = Process()
    process.executableURL = Self.python
    process.arguments = [
      Self.peer.path, program.path("small.onnx"), program.path("data.npz"), "--raw",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let peer = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
    let accuracy = try #require(peer["accuracy"] as? Double)
    #expect(abs(accuracy - report.pruned.metric) < 1e-9)
  }

  @Test("a budget that cannot be met exits with 2 and writes the dense model, byte for byte")
  func unmetBudget() throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let result = try program.run(
      "prune", "new.onnx", "--data", "data.npz", "--raw", "--min-metric", "1", "--criterion",
      "lamp", "--no-archive", "-o", "out.onnx", "-q")
    #expect(result.status == 2)
    #expect(result.output.contains("cannot be met"))
    #expect(
      try Data(contentsOf: program.url("out.onnx")) == Data(contentsOf: program.url("new.onnx")))
  }

  @Test("JSON for - goes to standard output alone")
  func jsonToStandardOutput() throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let result = try program.run(
      "evaluate", "new.onnx", "--data", "data.npz", "--raw", "--json", "-")
    #expect(result.status == 0)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    for key in ["metric", "metricName", "examples", "seconds"] { #expect(json[key] != nil) }
    #expect(result.error.contains("accuracy"))
  }

  @Test(
    "a full disk is told, and a device stays a device",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")),
    arguments: [
      ["new", "mlp:2-24-3", "-o", "/dev/full"],
      ["run", "new.onnx", "--input", "in.npz", "-o", "/dev/full"],
      ["evaluate", "new.onnx", "--data", "data.npz", "--raw", "--json", "/dev/full"],
      [
        "prune", "new.onnx", "--data", "data.npz", "--raw", "--sparsity", "0.5", "--no-archive",
        "-o", "/dev/full", "-q",
      ],
    ])
  func fullDisk(_ arguments: [String]) throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    var arrays = NPZFile()
    arrays["input"] = HostTensor([Float](repeating: 0.5, count: 2), shape: [1, 2])
    try arrays.write(to: program.url("in.npz"))
    let result = try program.run(arguments)
    #expect(result.status == 74, "\(result.error)")
    #expect(result.error.contains("/dev/full"))
    #expect(result.error.contains("No space left on device"))
    let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type]
    #expect(type as? FileAttributeType == .typeCharacterSpecial)
  }

  @Test("an output that cannot be written is refused before any work", arguments: ["-o", "--json"])
  func refusedEarly(_ option: String) throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    var arguments = [
      "prune", "new.onnx", "--data", "data.npz", "--raw", "--sparsity", "0.5", "--no-archive",
      option, "absent/out",
    ]
    if option != "-o" { arguments += ["-o", "out.onnx"] }
    let result = try program.run(arguments)
    #expect(result.status == 74)
    #expect(result.error.contains("absent"))
    #expect(result.error.contains("make it first"))
    #expect(!result.error.contains("round"))
    #expect(result.errorLines == 1, "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: program.path("out.onnx")))
  }
}
