import ArgumentParser
import AutoPrune
import Foundation
import TorchBackend

/// Options for the engine: threads and precision.
struct EngineArguments: ParsableArguments {
  @Option(help: "Threads that compute. Default: one per core.")
  var threads: Int?

  @Flag(
    help: """
      Compute convolutions and matrix products in bfloat16 in place of float32: faster on processors that have it, \
      less exact.
      """
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
      "Folder in which the run saves its state after every step, so that it can be resumed.",
      valueName: "folder"))
  var checkpoint: String?

  @Flag(help: "Resume the run in the --checkpoint folder; where there is none, start a new one.")
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
  @Option(
    help: """
      Archive that records the run, an SQLite file. Default: $AUTOPRUNE_ARCHIVE, else runs.sqlite in the user's data \
      folder.
      """)
  var archive: String?

  @Flag(help: "Do not record this run in the archive.")
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
