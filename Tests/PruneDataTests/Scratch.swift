import Foundation

@testable import PruneData

/// A folder of its own for one test, removed with it.
final class Scratch {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "prunedata-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> URL {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file
  }

  @discardableResult
  func write(_ name: String, text: String) throws -> URL { try write(name, Array(text.utf8)) }
}

/// Small files of every format.
enum Sample {
  /// IDX bytes of type u8.
  static func idx(_ shape: [Int], _ values: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)]
      + shape.flatMap { withUnsafeBytes(of: UInt32($0).bigEndian) { Array($0) } }
      + values
  }

  /// `count` images of 2×3 pixels with labels 0, 1, 2, 0, …
  static func idxFolder(_ scratch: Scratch, train: Int = 12, test: Int = 6) throws {
    for (part, count) in [("train", train), ("t10k", test)] {
      try scratch.write(
        "\(part)-images-idx3-ubyte", idx([count, 2, 3], (0..<count * 6).map { UInt8($0 % 256) }))
      try scratch.write(
        "\(part)-labels-idx1-ubyte", idx([count], (0..<count).map { UInt8($0 % 3) }))
    }
  }
}

/// What `golden.json` holds.
struct Golden: Decodable {
  struct Values: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  let script: String
  let library: String
  let seed: Int
  let arrays: [String: Values]
  let images: [String: Values]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")

  static func load() throws -> Golden {
    try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: folder.appendingPathComponent("golden.json")))
  }
}

/// Public data beside the repository; tests that need it are skipped where it is absent.
enum SharedData {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data")

  static func has(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }
}

/// The message of the error that `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
