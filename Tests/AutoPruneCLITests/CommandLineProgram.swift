import Foundation

/// The `autoprune` that was built beside these tests, run as a user runs it.
struct CommandLineProgram {
  struct Result {
    let status: Int32
    let output: String
    let error: String

    var errorLines: Int { error.count { $0 == "\n" } }
  }

  /// A folder of its own, removed by ``removeFolder()``.
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("autoprune-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func removeFolder() throws { try FileManager.default.removeItem(at: folder) }

  static var executable: URL {
    let folder = Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])
    return folder.resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("autoprune")
  }

  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: executable.path) }

  func run(_ arguments: String...) throws -> Result { try run(arguments) }

  func run(_ arguments: [String]) throws -> Result {
    try run(program: Self.executable.path, arguments)
  }

  /// Runs another program in the folder.
  func run(program: String, _ arguments: [String]) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    var environment = ProcessInfo.processInfo.environment
    environment["AUTOPRUNE_ARCHIVE"] = folder.appendingPathComponent("runs.sqlite").path
    environment["COLUMNS"] = "100"
    process.environment = environment
    let output = folder.appendingPathComponent("stdout-\(UUID().uuidString)")
    let error = folder.appendingPathComponent("stderr-\(UUID().uuidString)")
    for file in [output, error] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: error)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      error: try String(contentsOf: error, encoding: .utf8))
  }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func path(_ name: String) -> String { url(name).path }
}
