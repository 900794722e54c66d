import ArgumentParser
import AutoPrune
import Foundation

/// Where a run keeps its state.
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
