public import Foundation

/// The virtual environment that `make venv` makes beside `Package.swift`.
public enum PythonPackages {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Of this package.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static var interpreter: URL { root.appendingPathComponent(".venv/bin/python") }

  public static func hasPackage(_ name: String) -> Bool {
    let libraries = root.appendingPathComponent(".venv/lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
    return versions.contains { version in
      FileManager.default.fileExists(
        atPath: libraries.appendingPathComponent("\(version)/site-packages/\(name)").path)
    }
  }

  /// - Returns: standard output.
  /// - Throws: ``Failure`` with standard error where the script does not exit with 0.
  public static func run(_ script: URL, _ arguments: [String]) throws -> Data {
    let process = Process()
    process.executableURL = interpreter
    process.arguments = [script.path] + arguments
    let folder = FileManager.default.temporaryDirectory
    let files = ["out", "err"].map { folder.appendingPathComponent("\($0)-\(UUID().uuidString)") }
    for file in files { try Data().write(to: file) }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        description: "\(script.lastPathComponent) exited with \(process.terminationStatus): "
          + (try String(contentsOf: files[1], encoding: .utf8)))
    }
    return try Data(contentsOf: files[0])
  }
}
