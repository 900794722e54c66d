import ArgumentParser
import AutoPrune
import Foundation

/// Where a run is remembered.
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
