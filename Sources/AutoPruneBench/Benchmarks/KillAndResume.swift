import AutoPrune
import Foundation

/// `kill -9` at random moments of `autoprune prune --checkpoint`: does the resumed run end with the same bytes?
enum KillAndResume: Benchmark {
  static let name = "kill"
  static let summary = "prune killed at 20 random moments, resumed, compared byte for byte"

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let program = (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]))
      .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("autoprune")
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      throw DataAbsent(path: program.path)
    }
    let trial = try KillTrial(program: program, threads: setting.threads, isSmoke: setting.isSmoke)
    defer { trial.removeFolder() }
    // The first run also loads the program and the libraries from disk.
    let wholeSeconds = min(try trial.timed("whole"), try trial.timed("again"))
    guard try trial.isSame("again", as: "whole") else {
      throw Failure(
        description: "two whole runs differ; what a resumed one should equal is unknown")
    }
    let count = setting.isSmoke ? 1 : 20
    let tally = try tally(of: count, in: trial, wholeSeconds: wholeSeconds)
    func row(_ what: String, _ value: Int, target: Int? = nil) -> BenchRow {
      BenchRow(
        benchmark: name, setting: what, value: Double(value), unit: "", repetitions: tally.draws,
        target: target.map(Double.init), threads: setting.threads, versions: setting.versions)
    }
    return [
      row("runs ended by SIGKILL", tally.kills, target: count),
      row("of these resumed with the same network and report", tally.same, target: count),
      row("of these killed when a checkpoint had been written", tally.withCheckpoint),
      row("moments drawn for them", tally.draws),
      BenchRow(
        benchmark: name, setting: "seconds of a whole run", value: wholeSeconds, unit: "s",
        threads: setting.threads, versions: setting.versions),
    ]
  }

  private struct Tally {
    var draws = 0
    var kills = 0
    var withCheckpoint = 0
    var same = 0
  }

  /// Draws moments until `count` runs were killed at theirs; those that ended before it do not count.
  private static func tally(
    of count: Int, in trial: KillTrial, wholeSeconds: Double
  ) throws -> Tally {
    var result = Tally()
    while result.kills < count, result.draws < mostDraws(count) {
      let name = "run\(result.draws)"
      result.draws += 1
      let moment = Double.random(in: 0...spanOfWhole * wholeSeconds)
      guard try trial.killed(name, after: moment) else { continue }
      result.kills += 1
      if trial.hasCheckpoint(name) { result.withCheckpoint += 1 }
      try trial.resume(name)
      if try trial.isSame(name, as: "whole") { result.same += 1 }
    }
    return result
  }

  /// Share of a whole run within which it is killed: few runs are so much faster that they have ended by then.
  private static let spanOfWhole = 0.9

  private static func mostDraws(_ count: Int) -> Int { 3 * count }
}
