import AutoPrune
import Foundation

/// The runs of a campaign that its archive does not hold yet.
struct CampaignRuns {
  let archive: RunArchive
  let tasks: [CampaignTask]
  let threads: Int?
  let isSmoke: Bool

  /// Trains, prunes and archives them; what is archived stays, so that a stopped campaign goes on.
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
