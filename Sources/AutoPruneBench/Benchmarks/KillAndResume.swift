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
    let start = ContinuousClock.now
    try trial.prune("whole", checkpoint: nil)
    let wholeSeconds = (ContinuousClock.now - start).wallSeconds
    var same = 0
    var sent = 0
    let count = setting.isSmoke ? 1 : 20
    for index in 0..<count {
      let moment = Double.random(in: 0...wholeSeconds)
      if try trial.killed("run\(index)", after: moment) { sent += 1 }
      try trial.prune("run\(index)", checkpoint: "state\(index)")
      if try trial.isSame("run\(index)", as: "whole") { same += 1 }
    }
    func row(_ what: String, _ value: Double, _ unit: String, target: Double? = nil) -> BenchRow {
      BenchRow(
        benchmark: name, setting: what, value: value, unit: unit, repetitions: count,
        target: target, threads: setting.threads, versions: setting.versions)
    }
    return [
      row("runs killed", Double(sent), ""),
      row("resumed runs with the same network and report", Double(same), "", target: Double(count)),
      row("seconds of a whole run", wholeSeconds, "s"),
    ]
  }
}

/// A small network and its data in a folder of their own, and the program that prunes it.
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

  func prune(_ name: String, checkpoint: String?) throws {
    try finish(arguments(name, checkpoint: checkpoint))
  }

  /// - Returns: whether the run was still going on.
  func killed(_ name: String, after seconds: Double) throws -> Bool {
    let state = name.replacing("run", with: "state")
    let process = try start(arguments(name, checkpoint: state))
    let end = ContinuousClock.now + .seconds(seconds)
    while process.isRunning, ContinuousClock.now < end { usleep(1_000) }
    let isRunning = process.isRunning
    if isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return isRunning
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

  /// The report without what is measured in seconds.
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

extension Duration {
  fileprivate var wallSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
