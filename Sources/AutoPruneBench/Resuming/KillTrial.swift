import AutoPrune
import Foundation

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

  /// Goes on from where a killed run stopped.
  func resume(_ name: String) throws {
    try finish(arguments(name, checkpoint: Self.state(of: name)))
  }

  private static func state(of name: String) -> String { "\(name).state" }

  /// Seconds of the run.
  func timed(_ name: String) throws -> Double {
    let start = ContinuousClock.now
    try finish(arguments(name, checkpoint: nil))
    return (ContinuousClock.now - start).wallSeconds
  }

  /// - Returns: whether the signal ended the run, and not the run itself.
  func killed(_ name: String, after seconds: Double) throws -> Bool {
    let process = try start(arguments(name, checkpoint: Self.state(of: name)))
    let end = ContinuousClock.now + .seconds(seconds)
    while process.isRunning, ContinuousClock.now < end { usleep(1_000) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
  }

  /// Whether a killed run left anything to go on from.
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
