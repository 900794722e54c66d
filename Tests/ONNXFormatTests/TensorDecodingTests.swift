import Foundation
import PruneCore
import Testing

@testable import ONNXFormat

@Suite("tensor decoding")
struct TensorDecodingTests {
  private struct Golden: Decodable {
    struct Tensor: Decodable {
      let type: Int32
      let bytes: String
    }
    let tensors: [String: Tensor]
  }

  @Test("every element type, raw and typed, has numpy's bytes")
  func elements() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: try Data(contentsOf: Locations.golden("tensors.json")))
    let graph = try ONNXReader().read(Locations.golden("tensors.onnx"))
    for initializer in graph.initializers where initializer.tensor.elementType != .string {
      let expected = try #require(golden.tensors[initializer.name])
      #expect(initializer.tensor.elementType.rawValue == expected.type, "\(initializer.name)")
      let hexadecimal = try RawTensorData.withBytes(of: initializer.tensor.storage) {
        $0.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      }
      #expect(hexadecimal == expected.bytes, "\(initializer.name)")
      let isTyped = initializer.name.hasSuffix("typed")
      #expect(initializer.encoding == (isTyped ? .typed : .raw), "\(initializer.name)")
    }
    #expect(graph.initializers.count == golden.tensors.count + 1)
  }

  @Test func stringsAreBytes() throws {
    let graph = try ONNXReader().read(Locations.golden("tensors.onnx"))
    let strings = try #require(graph.initializers.first { $0.name == "STRING.typed" })
    #expect(strings.tensor.storage == .strings([Array("näme".utf8), [0xFF, 0x00, 0x01]]))
  }

  struct HostileTensor: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fields: [UInt8]
    let problem: TensorProblem
  }

  private static let name = ONNXModelBytes.field(8, Array("w".utf8))
  private static let float = ONNXModelBytes.number(2, 1)
  private static func dim(_ extent: Int64) -> [UInt8] {
    ONNXModelBytes.number(1, UInt64(bitPattern: extent))
  }

  static let hostileTensors: [HostileTensor] = [
    HostileTensor(
      testDescription: "negative extent", fields: dim(2) + dim(-3) + float + name,
      problem: .negativeDimension(axis: 1, extent: -3)),
    HostileTensor(
      testDescription: "huge extent without data",
      fields: dim(1_000_000_000_000) + float + ONNXModelBytes.field(9, []) + name,
      problem: .countMismatch(
        shape: [1_000_000_000_000], type: .float32, field: "raw_data",
        expected: 4_000_000_000_000, got: 0)),
    HostileTensor(
      testDescription: "overflow", fields: dim(.max) + dim(.max) + float + name,
      problem: .shapeOverflows([.max, .max])),
    HostileTensor(
      testDescription: "overflow beside zero",
      fields: dim(.max) + dim(.max) + dim(0) + float + name,
      problem: .shapeOverflows([.max, .max, 0])),
    HostileTensor(
      testDescription: "raw too short",
      fields: dim(2) + float + ONNXModelBytes.field(9, [0, 0, 0, 0]) + name,
      problem: .countMismatch(
        shape: [2], type: .float32, field: "raw_data", expected: 8, got: 4)),
    HostileTensor(
      testDescription: "no data", fields: dim(2) + float + name,
      problem: .countMismatch(
        shape: [2], type: .float32, field: "float_data", expected: 2, got: 0)),
    HostileTensor(
      testDescription: "unknown type", fields: dim(0) + ONNXModelBytes.number(2, 77) + name,
      problem: .unknownElementType(77)),
    HostileTensor(
      testDescription: "type missing", fields: dim(0) + name, problem: .unknownElementType(0)),
    HostileTensor(
      testDescription: "wrong field",
      fields: dim(1) + float + ONNXModelBytes.field(7, [1]) + name,
      problem: .wrongField(type: .float32, field: "int64_data")),
    HostileTensor(
      testDescription: "two fields",
      fields: dim(1) + float + ONNXModelBytes.field(4, [0, 0, 0, 0])
        + ONNXModelBytes.field(9, [0, 0, 0, 0]) + name,
      problem: .wrongField(type: .float32, field: "float_data")),
    HostileTensor(
      testDescription: "raw strings",
      fields: dim(1) + ONNXModelBytes.number(2, 8) + ONNXModelBytes.field(9, [0]) + name,
      problem: .wrongField(type: .string, field: "raw_data")),
    HostileTensor(
      testDescription: "value out of range",
      fields: dim(1) + ONNXModelBytes.number(2, 2) + ONNXModelBytes.field(5, [0x80, 2]) + name,
      problem: .valueOutOfRange(type: .uint8, index: 0, value: 256)),
    HostileTensor(
      testDescription: "segment", fields: float + ONNXModelBytes.field(3, []) + name,
      problem: .segmented),
  ]

  @Test("refuses what disagrees with itself", arguments: hostileTensors)
  func hostile(_ tensor: HostileTensor) {
    #expect(throws: ONNXError.badTensor(file: "m", tensor: "w", problem: tensor.problem)) {
      try ONNXReader().read(ONNXModelBytes.model(tensor: tensor.fields), named: "m")
    }
  }

  @Test func messagesNameFileTensorAndNumbers() {
    let error = ONNXError.badTensor(
      file: "a.onnx", tensor: "w",
      problem: .countMismatch(
        shape: [2], type: .float32, field: "raw_data", expected: 8, got: 4))
    for word in ["a.onnx", "'w'", "[2]", "8 bytes", "got 4", "export it again"] {
      #expect(error.description.contains(word))
    }
  }
}
