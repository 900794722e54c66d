import Foundation

/// Runs a Python script of `Peers/` and decodes what it prints.
struct PeerScript {
  let name: String
  /// The interpreter that has the peer: Debian's for PyTorch, the project's `.venv` for the rest.
  let interpreter: String
  /// A folder of Python packages that the interpreter does not have.
  var packages: URL?

  struct Failure: Error, CustomStringConvertible {
    let script: String
    let reason: String
    var description: String { "peer '\(script)' failed: \(reason)" }
  }

  static var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  }

  func run<Output: Decodable>(_ arguments: [String], as type: Output.Type) throws -> Output {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: interpreter)
    if let packages {
      process.environment = ProcessInfo.processInfo.environment
        .merging(["PYTHONPATH": packages.path]) { $1 }
    }
    process.arguments = [Self.root.appendingPathComponent("Peers/\(name)").path] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.standardError
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(script: name, reason: "exit status \(process.terminationStatus)")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: data)
  }
}
