import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning

/// Options of commands that make an archive of runs.
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
  ///   - path: path of the archive where none is given.
  ///   - tasks: returns all tasks; takes the folder of the data, the seeds per network, and `true` for a smoke test.
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

/// Prints a line of progress to standard error.
func report(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

/// Makes the runs of a campaign that its archive does not hold yet.
struct CampaignRuns {
  let archive: RunArchive
  let tasks: [CampaignTask]
  let threads: Int?
  let isSmoke: Bool

  /// Trains, prunes and archives the missing networks, one by one, so that a stopped campaign goes on.
  func makeMissing(progress: (String) -> Void) async throws {
    let start = ContinuousClock.now
    let done = Set(
      try archive.runs().filter { $0.status == .finished }.map { CampaignTask.key(of: $0.record) })
    let missing = tasks.filter { !done.contains($0.key) }
    progress("\(tasks.count) runs, \(tasks.count - missing.count) archived before")
    for (index, task) in missing.enumerated() {
      let report = try await task.run(archive: archive, threads: threads, isSmoke: isSmoke)
      let seconds = Double((ContinuousClock.now - start).components.seconds)
      let left = seconds / Double(index + 1) * Double(missing.count - index - 1)
      progress(
        "\(index + 1)/\(missing.count) \(task.key): dense \(percent(report.dense.metric)), pruned \(percent(report.pruned.metric)); ETA \(Int(left)) s"
      )
    }
  }

  private func percent(_ fraction: Double) -> String { String(format: "%.2f %%", 100 * fraction) }
}

/// Options for the campaign's archive, read as networks with the whole of the data they were trained on, which is generated
/// or read anew.
struct CampaignArchive: ParsableArguments {
  @Option(help: "The campaign's archive.")
  var archive = "campaign.sqlite"

  @Option(help: "Folder with mnist/; networks trained on it are left out where it is absent.")
  var data = "../shared/data"

  @Option(help: "Threads of the engine.")
  var threads = 1

  func networks() throws -> [ArchivedNetwork] {
    let store = try RunArchive(path: archive, access: .readOnly)
    let sets = try TaskData.available(in: URL(fileURLWithPath: data), isSmoke: false)
    return try store.runs().compactMap { run in
      guard let task = sets.first(where: { $0.name == run.record.data.name }),
        let network = try LearnableNetwork(run: run, in: store)
      else { return nil }
      return ArchivedNetwork(
        name: CampaignTask.key(of: run.record), learnable: network, data: task)
    }
  }
}

/// An archived network of the campaign with its data.
struct ArchivedNetwork {
  let name: String
  /// Network and archived examples, to which the predictor is fitted.
  let learnable: LearnableNetwork
  let data: TaskData

  var group: String { learnable.group }

  /// The network as methods are tried on it, with the training part and the test data of its whole data set.
  func subject() throws -> HeldOutSubject {
    let set = try data.load()
    return HeldOutSubject(
      name: name, group: group, graph: learnable.graph,
      fit: DataSplit(try set.train.fitted(to: learnable.graph), seed: 0).training,
      test: try set.test.fitted(to: learnable.graph))
  }
}

extension [ArchivedNetwork] {
  var groups: [String] { Set(map(\.group)).sorted() }

  /// Held-out groups: every `stride`-th group (architecture × data set), so that every architecture and data set is among
  /// them.
  func leftOut(stride: Int, from first: Int = 0) -> Set<String> {
    Set(groups.enumerated().filter { $0.offset % stride == first % stride }.map(\.element))
  }
}
