import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct LatencyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latency",
    abstract: "Measure a model's latency, and compare it with another's.",
    discussion: """
      autoprune latency small.onnx --against model.onnx --batch 1,32

      Runs of both models alternate in blocks. Measured are this program's engine and, where a Python with it is \
      found ($AUTOPRUNE_PYTHON, .venv/bin/python, python3), onnxruntime.
      """)

  @OptionGroup var measurement: LatencyArguments

  func run() async throws { try await measurement.run() }
}

/// Earlier name of ``LatencyCommand``; a command of its own, since help would list an alias.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Earlier name of latency.",
    discussion: "autoprune latency small.onnx --against model.onnx --batch 1,32",
    shouldDisplay: false)

  @OptionGroup var measurement: LatencyArguments

  func run() async throws { try await measurement.run() }
}

/// Options for a measurement of latency, and the measurement itself.
struct LatencyArguments: ParsableArguments {
  @Argument(help: "The ONNX model to measure.")
  var model: String

  @Option(help: "A second ONNX model to compare with, such as the dense one. Default: none.")
  var against: String?

  @Option(help: "Numbers of examples per run, comma-separated; each is measured.")
  var batch = NumberList(values: [1, 32])

  @Option(help: "Number of blocks of runs per model; more of them narrow the quartiles.")
  var blocks = 10

  @Option(help: "Shortest duration of one model's runs in a block, in seconds.")
  var blockSeconds = 0.05

  @Flag(help: "Measure this program's engine alone, without onnxruntime.")
  var noOnnxruntime = false

  @OptionGroup var engine: EngineArguments
  @OptionGroup var output: OutputArguments

  func validate() throws {
    guard blocks >= 1 else { throw ValidationError("--blocks is \(blocks), expected 1 or more") }
    guard blockSeconds > 0, blockSeconds <= 60 else {
      throw ValidationError("--block-seconds is \(blockSeconds), expected above 0 and at most 60")
    }
    guard try batch.integers().allSatisfy({ (1...1 << 16).contains($0) }) else {
      throw ValidationError("--batch holds a number outside 1 ... 65536")
    }
  }

  func run() async throws {
    try await Failure.reported {
      let files = ([model] + (against.map { [$0] } ?? [])).map { URL(fileURLWithPath: $0) }
      let console = output.console
      let comparison = try LatencyComparison(
        of: files, batches: try batch.integers(), engine: try engine.makeEngine(),
        meter: LatencyMeter(blocks: blocks, secondsPerBlock: blockSeconds),
        peer: noOnnxruntime ? nil : RuntimePeer.find()
      ) { console.progress("\($0.runtime), batch \($0.batch): done") }
      for note in comparison.notes { console.warning(note) }
      console.result(LatencyTable(comparison).text)
      try output.write(comparison)
    }
  }
}
