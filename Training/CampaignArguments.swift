import ArgumentParser
import AutoPrune
import Foundation

/// What commands that make an archive of runs have in common.
struct CampaignArguments: ParsableArguments {
  @Option(help: "The campaign's archive; one of the command's own unless given.")
  var archive: String?

  @Option(help: "Folder for the presets.")
  var presets = "Presets"

  @Option(help: "Folder with mnist/; tasks on it are left out where it is absent.")
  var data = "../shared/data"

  @Option(help: "Seeds per network.")
  var seeds = 2

  @Option(help: "Threads of the engine; all cores by default.")
  var threads: Int?

  @Flag(help: "Make the runs, fit nothing.")
  var onlyRuns = false

  @Flag(help: "A few small networks: does it run at all?")
  var smoke = false

  /// Makes the runs that the archive lacks.
  ///
  /// - Parameters:
  ///   - path: of the archive where none is given.
  ///   - tasks: all that there are, from the data's folder, seeds and whether a smoke test is wanted.
  func makeRuns(
    archive path: String, _ tasks: (URL, Int, Bool) throws -> [CampaignTask]
  ) async throws -> RunArchive {
    let store = try RunArchive(path: archive ?? path)
    try await CampaignRuns(
      archive: store, tasks: try tasks(URL(fileURLWithPath: data), smoke ? 1 : seeds, smoke),
      threads: threads, isSmoke: smoke
    ).makeMissing(progress: report)
    return store
  }
}

/// Lines of progress on stderr.
func report(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
