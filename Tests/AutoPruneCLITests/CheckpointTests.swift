import AutoPrune
import Foundation
import PruneSupport
import Testing

@Suite(
  "prune --checkpoint survives whatever stops it", .enabled(if: CommandLineProgram.isBuilt),
  .serialized)
struct CheckpointTests {
  private static let prune = [
    "prune", "dense.onnx", "--data", "data.npz", "--raw", "--max-drop", "5", "--fine-tune", "4",
    "--batch-size", "64", "--threads", "1", "--no-archive", "--criterion", "fisher",
  ]

  private func prepared() throws -> CommandLineProgram {
    let program = try CommandLineProgram()
    try ClusterFile(examples: 1_500).writeNPZ(to: program.url("data.npz"))
    #expect(try program.run("new", "mlp:2-24-16-3", "-o", "new.onnx", "--seed", "3").status == 0)
    let trained = try program.run(
      "train", "new.onnx", "--data", "data.npz", "--raw", "--epochs", "15", "--learning-rate",
      "0.01", "--batch-size", "32", "-o", "dense.onnx", "-q")
    #expect(trained.status == 0, "\(trained.error)")
    return program
  }

  /// The report without anything measured in seconds.
  private func report(_ url: URL) throws -> NSDictionary {
    func stripped(_ value: Any) -> Any {
      switch value {
      case let object as [String: Any]:
        object.filter { $0.key != "latency" && !$0.key.lowercased().hasSuffix("seconds") }
          .mapValues(stripped)
      case let array as [Any]: array.map(stripped)
      default: value
      }
    }
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    return try #require(stripped(object) as? NSDictionary)
  }

  /// Steps that the journal in a folder holds; the first line is its head.
  private func steps(_ folder: String, of program: CommandLineProgram) -> Int {
    let journal = program.url(folder).appendingPathComponent("journal.jsonl")
    guard let content = FileManager.default.contents(atPath: journal.path) else { return 0 }
    return max(0, content.count { $0 == UInt8(ascii: "\n") } - 1)
  }

  /// Starts the run again and again, and kills it each time a little after the journal reached the next of `milestones`.
  ///
  /// - Returns: the signals that ended the runs; it stops after the first run that ended by itself.
  private func endings(
    _ arguments: [String], killedAt milestones: [Int], in program: CommandLineProgram,
    using generator: inout SeededGenerator
  ) throws -> [Int32?] {
    var endings: [Int32?] = []
    for milestone in milestones {
      let running = try RunningProgram(arguments, in: program)
      let end = Date().addingTimeInterval(120)
      while running.isRunning, steps("state", of: program) < milestone, Date() < end {
        usleep(1_000)
      }
      _ = running.signal(SIGKILL, after: 0.01 * generator.uniform())
      endings.append(running.endingSignal())
      if endings.last != SIGKILL { break }
    }
    return endings
  }

  @Test("kill -9 in the midst of a run, again and again: the same bytes in the end")
  func killed() throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let whole = try program.run(
      Self.prune + [
        "--checkpoint", "undisturbed", "-o", "whole.onnx", "--json", "whole.json", "-q",
      ])
    #expect(whole.status == 0, "\(whole.error)")
    let count = steps("undisturbed", of: program)
    try #require(count >= 10, "too few steps to be killed in between")
    var generator = SeededGenerator(seed: 5)
    let milestones = Set([3, count / 4, count / 3, count / 2, 2 * count / 3]).sorted()
    let resumed =
      Self.prune + [
        "--checkpoint", "state", "--resume", "-o", "resumed.onnx", "--json", "resumed.json", "-q",
      ]
    // A run may reach its end before the signal reaches it; then all begins anew.
    var signals: [Int32?] = []
    for _ in 0..<3 {
      if FileManager.default.fileExists(atPath: program.path("state")) {
        try FileManager.default.removeItem(at: program.url("state"))
      }
      signals = try endings(resumed, killedAt: milestones, in: program, using: &generator)
      if signals.allSatisfy({ $0 == SIGKILL }) { break }
    }
    #expect(signals == milestones.map { _ in SIGKILL }, "killed at \(milestones) of \(count)")
    let reached = steps("state", of: program)
    #expect((milestones[milestones.count - 1]..<count).contains(reached))
    #expect(!FileManager.default.fileExists(atPath: program.path("resumed.onnx")))
    let last = try program.run(resumed)
    #expect(last.status == 0, "killed at \(milestones): \(last.error)")
    #expect(
      try Data(contentsOf: program.url("whole.onnx"))
        == Data(contentsOf: program.url("resumed.onnx")), "killed at \(milestones)")
    #expect(
      try report(program.url("whole.json")) == report(program.url("resumed.json")),
      "killed at \(milestones)")
  }

  @Test("an interrupted run writes the best network, and can be gone on with", arguments: [SIGINT])
  func interrupted(_ signal: Int32) throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let long =
      Self.prune.map { $0 == "4" ? "3000" : $0 } + ["--checkpoint", "state", "-o", "best.onnx"]
    let running = try RunningProgram(long, in: program)
    #expect(try running.waits(for: "accepted", atMost: 60))
    #expect(running.signal(signal, after: 0))
    let status = running.status()
    let error = try running.error()
    #expect(status == 0, "\(error)")
    #expect(error.contains("interrupted"))
    let inspected = try program.run("inspect", "best.onnx", "--json", "-")
    #expect(inspected.status == 0)
    #expect(inspected.output.contains("\"sparsity\" : 0."))
    let again = try program.run(long)
    #expect(again.status == 65)
    #expect(again.error.contains("--resume goes on with it"))
  }

  @Test("a second run in the folder is refused while the first one is at it")
  func secondRun() throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let long =
      Self.prune.map { $0 == "4" ? "3000" : $0 }
      + ["--checkpoint", "state", "--resume", "-o", "a.onnx"]
    let running = try RunningProgram(long, in: program)
    #expect(try running.waits(for: "dense:", atMost: 60))
    let second = try program.run(long)
    #expect(second.status == 74)
    #expect(second.error.contains("in use by process"), "\(second.error)")
    #expect(second.errorLines == 1)
    // A kill leaves no lock behind.
    #expect(running.signal(SIGKILL, after: 0))
    #expect(running.endingSignal() == SIGKILL)
    let short = try program.run(
      Self.prune + ["--checkpoint", "state", "--resume", "-o", "a.onnx", "-q"])
    #expect(short.status == 65)
    #expect(short.error.contains("fineTuneEpochs was 3000.0, now 4.0"), "\(short.error)")
  }

  @Test("a folder that cannot be written is refused before any work")
  func unwritableFolder() throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    try Data("a file".utf8).write(to: program.url("file"))
    for folder in ["file", "file/state", "/proc/state"] {
      let result = try program.run(Self.prune + ["--checkpoint", folder, "-o", "a.onnx"])
      #expect(result.status == 74, "\(result.error)")
      #expect(result.error.contains("cannot write checkpoint"), "\(result.error)")
      #expect(!result.error.contains("round"))
    }
  }

  /// A limit on the size of files fails writes in the middle, as a full disk does.
  @Test("a disk that runs full ends the run with a clear error, and what was written is intact")
  func fullDisk() throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let resumed = Self.prune + ["--checkpoint", "state", "--resume", "-o", "a.onnx", "-q"]
    let command = ([CommandLineProgram.executable.path] + resumed).joined(separator: " ")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "trap '' XFSZ; ulimit -f 24; exec \(command)"]
    process.currentDirectoryURL = program.folder
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let error = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 74, "\(error)")
    #expect(error.contains("cannot write checkpoint"), "\(error)")
    #expect(error.contains("File too large"), "\(error)")
    #expect(!FileManager.default.fileExists(atPath: program.path("a.onnx")))
    let names = try FileManager.default.contentsOfDirectory(atPath: program.path("state"))
    #expect(!names.contains { $0.hasSuffix(".partial") })

    let later = try program.run(resumed)
    #expect(later.status == 0, "\(later.error)")
    #expect(try program.run(Self.prune + ["-o", "whole.onnx", "-q"]).status == 0)
    #expect(
      try Data(contentsOf: program.url("a.onnx"))
        == Data(contentsOf: program.url("whole.onnx")))
  }

  @Test("--resume needs a folder")
  func usage() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let result = try program.run(Self.prune + ["--resume", "-o", "a.onnx"])
    #expect(result.status == 64)
    #expect(result.error.contains("--checkpoint FOLDER"))
  }
}
