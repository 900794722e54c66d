import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

/// Options for the engine: threads and precision.
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

/// Options for checkpoints of a run.
struct CheckpointArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder to keep the state of the run in, after every step.", valueName: "folder"))
  var checkpoint: String?

  @Flag(help: "Go on with the run in the checkpoint folder, where there is one.")
  var resume = false

  func validate() throws {
    if resume, checkpoint == nil {
      throw ValidationError("--resume needs --checkpoint FOLDER, the folder to go on from")
    }
  }

  var target: RunCheckpoint? {
    checkpoint.map {
      RunCheckpoint(
        folder: URL(fileURLWithPath: $0), resumes: resume,
        context: ["program version": AutoPruneVersion.text])
    }
  }
}

/// Options for the archive of runs.
struct ArchiveArguments: ParsableArguments {
  @Option(help: "Archive of runs; $AUTOPRUNE_ARCHIVE, else runs.sqlite in the user's data folder.")
  var archive: String?

  @Flag(help: "Do not remember this run.")
  var noArchive = false

  func open() throws -> RunArchive? {
    if noArchive { return nil }
    let url =
      archive.map { URL(fileURLWithPath: $0) }
      ?? RunArchive.defaultURL(environment: ProcessInfo.processInfo.environment)
    if archive == nil {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    }
    return try RunArchive(path: url.path)
  }
}
