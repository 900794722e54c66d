import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a model's latency, and compare it with another's.",
    discussion: """
      autoprune bench small.onnx --against model.onnx --batch 1,32

      Runs of both models alternate in blocks. Measured are this program's engine and, where a Python with it is \
      found ($AUTOPRUNE_PYTHON, .venv/bin/python, python3), onnxruntime.
      """)

  @Argument(help: "An ONNX model.")
  var model: String

  @Option(help: "The ONNX model to compare with.")
  var against: String?

  @Option(help: "Examples per run, comma-separated.")
  var batch = NumberList(values: [1, 32])

  @Option(help: "Blocks of runs.")
  var blocks = 10

  @Option(help: "Seconds that the runs of one model in one block take at least.")
  var blockSeconds = 0.05

  @Flag(help: "Leave onnxruntime out.")
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
