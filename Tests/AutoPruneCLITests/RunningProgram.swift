import Foundation

/// A command under way, to be interrupted.
struct RunningProgram {
  private let process: Process
  private let errorFile: URL

  init(_ arguments: [String], in program: CommandLineProgram) throws {
    process = Process()
    process.executableURL = CommandLineProgram.executable
    process.arguments = arguments
    process.currentDirectoryURL = program.folder
    errorFile = program.url("stderr-\(UUID().uuidString)")
    try Data().write(to: errorFile)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
  }

  /// Sends a signal after some time, unless the command is done by then.
  /// - Returns: whether it was sent.
  func signal(_ number: Int32, after seconds: Double) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while process.isRunning, Date() < end { usleep(2_000) }
    guard process.isRunning else { return false }
    return kill(process.processIdentifier, number) == 0
  }

  /// Waits until the command has said `text`.
  func waits(for text: String, atMost seconds: Double) throws -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if try error().contains(text) { return true }
      guard process.isRunning else { return false }
      usleep(5_000)
    }
    return false
  }

  func status() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }

  var isRunning: Bool { process.isRunning }

  /// Waits for the end.
  /// - Returns: the signal that ended the command; `nil` where it ended by itself.
  func endingSignal() -> Int32? {
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal ? process.terminationStatus : nil
  }

  func error() throws -> String { try String(contentsOf: errorFile, encoding: .utf8) }
}
