import Foundation
import Testing

/// Where the tests find their files.
enum Locations {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  private static let package = folder.deletingLastPathComponent().deletingLastPathComponent()

  static func golden(_ name: String) -> URL { folder.appending(path: "Golden/\(name)") }

  static func goldenBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: golden(name)))
  }

  /// Real models beside the project; empty where they are absent.
  static let sharedModels: [URL] = {
    let data = package.appending(path: "../shared/data").standardizedFileURL
    let folders = [data.appending(path: "onnx"), data.appending(path: "mlpnet-mnist")]
    return folders.flatMap { folder in
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil))
        ?? []
    }.filter { $0.pathExtension == "onnx" }.sorted { $0.path < $1.path }
  }()

  /// The Python with the onnx package; `nil` where it is not installed.
  static let python: URL? = {
    let python = package.appending(path: ".venv/bin/python")
    return FileManager.default.isExecutableFile(atPath: python.path) ? python : nil
  }()
}

/// A folder that is removed with its contents after `body`.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "onnx-format-\(UInt64.random(in: 0 ... .max))")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

extension ONNXModelBytes {
  static let goldenNames = [
    "everything.onnx", "tensors.onnx", "sparse_presence.onnx",
  ]
}

/// Hand-made encodings for hostile files.
enum ONNXModelBytes {
  /// A length-delimited protobuf field.
  static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(UInt64(content.count)) + content
  }

  static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] {
    varint(field << 3) + varint(value)
  }

  static func varint(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = value
    repeat {
      bytes.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  /// A model around the encoded fields of its graph.
  static func model(graph: [UInt8]) -> [UInt8] { number(1, 8) + field(7, graph) }

  /// A model with one initializer of these encoded fields.
  static func model(tensor: [UInt8]) -> [UInt8] { model(graph: field(5, tensor)) }
}
