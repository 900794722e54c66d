import ArgumentParser
import TorchBackend

/// How the engine runs.
struct EngineArguments: ParsableArguments {
  @Option(help: "Threads of the engine; all cores by default.")
  var threads: Int?

  @Flag(
    help: "Compute convolutions and matrix products in bfloat16: faster where the processor has it."
  )
  var bf16 = false

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is \(threads), expected 1 or more")
    }
  }

  func makeEngine() throws -> TorchEngine {
    try TorchEngine(threads: threads, precision: bf16 ? .bfloat16 : .float32)
  }
}
