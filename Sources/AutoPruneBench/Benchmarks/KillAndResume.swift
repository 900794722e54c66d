import AutoPrune
import Foundation
import PruneSupport

/// Share of runs of `autoprune prune --checkpoint`, killed by `kill -9` at random moments, that end with the same bytes
/// when resumed.
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

  /// Draws moments until `count` runs were killed; runs that ended before their moment do not count.
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

  /// Fraction of a whole run within which it is killed; few runs are fast enough to have ended by then.
  private static let spanOfWhole = 0.9

  private static func mostDraws(_ count: Int) -> Int { 3 * count }
}

/// A small network and its data in a temporary folder, and the program that prunes it.
struct KillTrial {
  private let program: URL
  private let folder: URL
  private let threads: Int
  private let epochs: String

  init(program: URL, threads: Int, isSmoke: Bool) throws {
    self.program = program
    self.threads = threads
    epochs = isSmoke ? "1" : "8"
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("autoprune-kill-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let clusters = GeneratedClusters(seed: 1)
    var file = NPZFile()
    for (part, count) in [("train", 6_000), ("test", 1_000)] {
      let batch = try clusters.examples(count, stream: part).batch(0..<count)
      guard case .labels(let labels) = batch.targets else { continue }
      file["x_\(part)"] = batch.inputs[0]
      file["y_\(part)"] = HostTensor(labels.map { Int64($0) }, shape: [count])
    }
    try file.write(to: folder.appendingPathComponent("data.npz"))
    try finish(["new", "mlp:12-32-16-4", "-o", "new.onnx"])
    try finish([
      "train", "new.onnx", "--data", "data.npz", "--raw", "--epochs", "4", "--learning-rate",
      "0.005", "-o", "dense.onnx", "-q",
    ])
  }

  func removeFolder() {
    do { try FileManager.default.removeItem(at: folder) } catch {
      FileHandle.standardError.write(Data("cannot remove '\(folder.path)': \(error)\n".utf8))
    }
  }

  /// Goes on from where a killed run stopped.
  func resume(_ name: String) throws {
    try finish(arguments(name, checkpoint: Self.state(of: name)))
  }

  private static func state(of name: String) -> String { "\(name).state" }

  /// Runs to the end and returns the seconds taken.
  func timed(_ name: String) throws -> Double {
    let start = ContinuousClock.now
    try finish(arguments(name, checkpoint: nil))
    return (ContinuousClock.now - start).seconds
  }

  /// Starts a run and kills it.
  ///
  /// - Returns: `true` where the signal ended the run, `false` where it ended before.
  func killed(_ name: String, after seconds: Double) throws -> Bool {
    let process = try start(arguments(name, checkpoint: Self.state(of: name)))
    let end = ContinuousClock.now + .seconds(seconds)
    while process.isRunning, ContinuousClock.now < end { usleep(1_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
  }

  /// `true` where a killed run left a checkpoint.
  func hasCheckpoint(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(Self.state(of: name)).path)
  }

  func isSame(_ name: String, as other: String) throws -> Bool {
    try contents("\(name).onnx") == contents("\(other).onnx")
      && report(name) == report(other)
  }

  private func arguments(_ name: String, checkpoint: String?) -> [String] {
    [
      "prune", "dense.onnx", "--data", "data.npz", "--raw", "--max-drop", "2", "--fine-tune",
      epochs, "--threads", "\(threads)", "--no-archive", "-q", "--json", "\(name).json", "-o",
      "\(name).onnx",
    ] + (checkpoint.map { ["--checkpoint", $0, "--resume"] } ?? [])
  }

  private func finish(_ arguments: [String]) throws {
    let process = try start(arguments)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw KillAndResume.Failure(
        description:
          "autoprune \(arguments.joined(separator: " ")): exit status \(process.terminationStatus)")
    }
  }

  private func start(_ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.standardError
    try process.run()
    return process
  }

  private func contents(_ name: String) throws -> Data {
    try Data(contentsOf: folder.appendingPathComponent(name))
  }

  /// The report without latencies and seconds.
  private func report(_ name: String) throws -> NSDictionary {
    func stripped(_ value: Any) -> Any {
      switch value {
      case let object as [String: Any]:
        object.filter { $0.key != "latency" && !$0.key.lowercased().hasSuffix("seconds") }
          .mapValues(stripped)
      case let array as [Any]: array.map(stripped)
      default: value
      }
    }
    let object = stripped(try JSONSerialization.jsonObject(with: try contents("\(name).json")))
    guard let dictionary = object as? NSDictionary else {
      throw KillAndResume.Failure(description: "'\(name).json' holds no report")
    }
    return dictionary
  }
}
