public import Foundation

/// Reference data that a script beside it made: `Golden/NAME.json` next to the test file.
///
/// The file states `script`, `libraries` and `seed` beside the fields of `Value`.
public enum Golden<Value: Decodable> {
  public static func load(_ name: String, besides testFile: String = #filePath) throws -> Value {
    try JSONDecoder().decode(Value.self, from: data("\(name).json", besides: testFile))
  }

  /// Bytes of any file in `Golden/`.
  public static func data(_ fileName: String, besides testFile: String = #filePath) throws -> Data {
    try Data(contentsOf: url(fileName, besides: testFile))
  }

  /// Looks in the test file's own folder and then in those above it.
  private static func url(_ fileName: String, besides testFile: String) -> URL {
    var folder = URL(fileURLWithPath: testFile).deletingLastPathComponent()
    let first = folder.appendingPathComponent("Golden").appendingPathComponent(fileName)
    for _ in 0..<3 {
      let candidate = folder.appendingPathComponent("Golden").appendingPathComponent(fileName)
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return first
  }
}
