import Foundation
import PruneCore
import Testing

/// One model with inputs and expected outputs, as `Golden/make_models.py` writes them.
struct GoldenModel: Decodable, Sendable, CustomTestStringConvertible {
  struct Array: Decodable, Sendable {
    var name: String
    var shape: [Int]
    var type: String
    var offset: Int
    var bytes: Int
  }

  var name: String
  /// `operator`, `network`, `torch`, `backend` or `shared`; see the script.
  var origin: String
  var operators: [String]
  /// Whether gradients are compared with finite differences.
  var gradient: Bool
  var tolerance: Double
  /// Relative to the golden folder; `nil` for models outside the repository.
  var model: String?
  /// Relative to the folder of shared data.
  var shared: String?
  var data: String
  var inputs: [Array]
  var outputs: [Array]
  var batchedInputs: [Array]?
  var batchedOutputs: [Array]?

  var testDescription: String { name }

  var url: URL {
    if let model { return GoldenFolder.url.appending(path: model) }
    return GoldenFolder.shared.appending(path: shared ?? "")
  }

  func tensors(_ arrays: [Array]) throws -> [HostTensor] {
    let data = try Data(contentsOf: GoldenFolder.url.appending(path: data))
    return try arrays.map { array in
      let bytes = [UInt8](data[array.offset..<array.offset + array.bytes])
      return HostTensor(shape: array.shape, storage: try Self.storage(bytes, type: array.type))
    }
  }

  private static func storage(_ bytes: [UInt8], type: String) throws -> HostTensor.Storage {
    func values<Value: BitwiseCopyable>(_ zero: Value) -> [Value] {
      var result = [Value](repeating: zero, count: bytes.count / MemoryLayout<Value>.size)
      result.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
      return result
    }
    switch type {
    case "float32": return .float32(values(0))
    case "float64": return .float64(values(0))
    case "int64": return .int64(values(0))
    case "int32": return .int32(values(0))
    case "uint8": return .uint8(bytes)
    case "bool": return .bool(bytes.map { $0 != 0 })
    case "int8": return .bytes(.int8, bytes)
    case "float16": return .bytes(.float16, bytes)
    default: throw CocoaError(.fileReadCorruptFile)
    }
  }
}

/// Where `make_models.py` was told to write.
enum GoldenFolder {
  private static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .resolvingSymlinksInPath()

  static let url =
    ProcessInfo.processInfo.environment["AUTOPRUNE_GOLDEN"].map { URL(filePath: $0) }
    ?? packageRoot.appending(path: ".build-golden")

  static let shared = packageRoot.deletingLastPathComponent().appending(path: "shared/data")

  private struct Index: Decodable {
    var cases: [GoldenModel]
  }

  /// Empty where the script has not been run.
  static let models: [GoldenModel] = {
    guard let data = try? Data(contentsOf: url.appending(path: "index.json")),
      let index = try? JSONDecoder().decode(Index.self, from: data)
    else { return [] }
    return index.cases.filter {
      FileManager.default.fileExists(atPath: $0.url.path(percentEncoded: false))
    }
  }()

  /// Origins that the script cannot do without; "torch" needs PyTorch, "shared" the shared data.
  static let certain: Set = ["built", "network", "backend"]

  /// Those of `origins` that there are models of, or have to be.
  static func present(_ origins: [String]) -> [String] {
    origins.filter { certain.contains($0) || !models(of: $0).isEmpty }
  }

  static func models(of origin: String) -> [GoldenModel] { models.filter { $0.origin == origin } }
}
