import Foundation
import PruneCore

/// Raw form of elements, as in `raw_data`: little-endian, row-major, 4-bit types two to a byte.
enum RawTensorData {
  /// Size of the raw form in bytes; `nil` for strings, which have none.
  static func byteCount(_ type: ElementType, shape: [Int]) -> Int? {
    type.bitWidth.map { ($0 * HostTensor.elementCount(of: shape) + 7) / 8 }
  }

  /// Storage of the elements in `bytes`.
  /// - Precondition: `type` is not `.string`.
  static func storage(_ type: ElementType, of bytes: UnsafeRawBufferPointer) -> HostTensor.Storage {
    switch type {
    case .float32: .float32(load(bytes, width: 4))
    case .float64: .float64(load(bytes, width: 8))
    case .int32: .int32(load(bytes, width: 4))
    case .int64: .int64(load(bytes, width: 8))
    case .uint8: .uint8(load(bytes, width: 1))
    case .bool: .bool(bytes.map { $0 != 0 })
    default: .bytes(type, load(bytes, width: 1))
    }
  }

  /// Calls `body` with the raw form of `storage`; `nil` for strings.
  static func withBytes<Result>(
    of storage: HostTensor.Storage, _ body: (UnsafeRawBufferPointer) throws(ONNXError) -> Result
  ) throws(ONNXError) -> Result? {
    switch storage {
    case .float32(let values): try values.withRawBytes(body)
    case .float64(let values): try values.withRawBytes(body)
    case .int32(let values): try values.withRawBytes(body)
    case .int64(let values): try values.withRawBytes(body)
    case .uint8(let values): try values.withRawBytes(body)
    case .bool(let values): try values.map { $0 ? UInt8(1) : 0 }.withRawBytes(body)
    case .bytes(_, let bytes): try bytes.withRawBytes(body)
    case .strings: nil
    }
  }

  private static func load<Element: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, width: Int
  ) -> [Element] {
    let count = bytes.count / width
    return [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[..<(count * width)]))
      initialized = count
    }
  }
}

/// Typed form of elements, in the fields of a `TensorProto`: `float_data`, `int32_data` and so on.
///
/// `int32_data` carries every type of at most 32 bits but float32: one element per entry, or one byte per entry
/// where elements have 4 or 2 bits.
enum TypedTensorData {
  static func storage(
    _ type: ElementType, shape: [Int], in proto: Onnx_TensorProto
  ) throws(TensorProblem) -> HostTensor.Storage {
    let field = Self.field(of: type)
    if let found = proto.typedField(besides: field) {
      throw .wrongField(type: type, field: found)
    }
    let expected = entryCount(type, elements: HostTensor.elementCount(of: shape))
    let got = proto.entryCount(of: field)
    guard got == expected else {
      throw .countMismatch(
        shape: shape, type: type, field: field, expected: expected, got: got)
    }
    switch type {
    case .float32: return .float32(proto.floatData)
    case .float64: return .float64(proto.doubleData)
    case .int64: return .int64(proto.int64Data)
    case .int32: return .int32(proto.int32Data)
    case .string: return .strings(proto.stringData.map { [UInt8]($0) })
    case .complex64: return .bytes(type, bytes(proto.floatData.map(\.bitPattern)))
    case .complex128: return .bytes(type, bytes(proto.doubleData.map(\.bitPattern)))
    case .uint64: return .bytes(type, bytes(proto.uint64Data))
    case .uint32: return .bytes(type, bytes(try narrowed(proto.uint64Data, to: type) as [UInt32]))
    case .uint8: return .uint8(try narrowed(proto.int32Data, to: type))
    case .bool:
      let values: [UInt8] = try narrowed(proto.int32Data, to: type)
      if let index = values.firstIndex(where: { $0 > 1 }) {
        throw .valueOutOfRange(type: type, index: index, value: Int64(values[index]))
      }
      return .bool(values.map { $0 == 1 })
    case .int8: return .bytes(type, bytes(try narrowed(proto.int32Data, to: type) as [Int8]))
    case .int16: return .bytes(type, bytes(try narrowed(proto.int32Data, to: type) as [Int16]))
    case .uint16, .float16, .bfloat16:
      return .bytes(type, bytes(try narrowed(proto.int32Data, to: type) as [UInt16]))
    case .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ, .float8E8M0, .uint4, .int4,
      .float4E2M1, .uint2, .int2:
      return .bytes(type, try narrowed(proto.int32Data, to: type))
    }
  }

  /// Writes the elements into the field of their type.
  static func write(_ storage: HostTensor.Storage, into proto: inout Onnx_TensorProto) {
    switch storage {
    case .float32(let values): proto.floatData = values
    case .float64(let values): proto.doubleData = values
    case .int32(let values): proto.int32Data = values
    case .int64(let values): proto.int64Data = values
    case .uint8(let values): proto.int32Data = values.map { Int32($0) }
    case .bool(let values): proto.int32Data = values.map { $0 ? 1 : 0 }
    case .strings(let values): proto.stringData = values.map { Data($0) }
    case .bytes(.complex64, let bytes):
      proto.floatData = words(bytes).map { Float(bitPattern: $0) }
    case .bytes(.complex128, let bytes):
      proto.doubleData = words(bytes).map { Double(bitPattern: $0) }
    case .bytes(.uint64, let bytes): proto.uint64Data = words(bytes)
    case .bytes(.uint32, let bytes):
      proto.uint64Data = (words(bytes) as [UInt32]).map { UInt64($0) }
    case .bytes(.int8, let bytes): proto.int32Data = bytes.map { Int32(Int8(bitPattern: $0)) }
    case .bytes(.int16, let bytes): proto.int32Data = (words(bytes) as [Int16]).map { Int32($0) }
    case .bytes(.uint16, let bytes), .bytes(.float16, let bytes), .bytes(.bfloat16, let bytes):
      proto.int32Data = (words(bytes) as [UInt16]).map { Int32($0) }
    case .bytes(_, let bytes): proto.int32Data = bytes.map { Int32($0) }
    }
  }

  private static func field(of type: ElementType) -> String {
    switch type {
    case .float32, .complex64: "float_data"
    case .float64, .complex128: "double_data"
    case .int64: "int64_data"
    case .uint32, .uint64: "uint64_data"
    case .string: "string_data"
    default: "int32_data"
    }
  }

  private static func entryCount(_ type: ElementType, elements: Int) -> Int {
    switch type {
    case .complex64, .complex128: 2 * elements
    case .uint4, .int4, .float4E2M1: (elements + 1) / 2
    case .uint2, .int2: (elements + 3) / 4
    default: elements
    }
  }

  private static func narrowed<Entry: FixedWidthInteger, Element: FixedWidthInteger>(
    _ entries: [Entry], to type: ElementType
  ) throws(TensorProblem) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      guard let element = Element(exactly: entry) else {
        throw .valueOutOfRange(
          type: type, index: index, value: Int64(truncatingIfNeeded: entry))
      }
      result.append(element)
    }
    return result
  }

  private static func bytes<Word: BitwiseCopyable>(_ words: [Word]) -> [UInt8] {
    words.withUnsafeBytes { [UInt8]($0) }
  }

  private static func words<Word: FixedWidthInteger & BitwiseCopyable>(_ bytes: [UInt8]) -> [Word] {
    let width = MemoryLayout<Word>.size
    return bytes.withUnsafeBytes { raw in
      (0..<bytes.count / width).map { raw.loadUnaligned(fromByteOffset: $0 * width, as: Word.self) }
    }
  }
}

extension Onnx_TensorProto {
  private var entryCounts: KeyValuePairs<String, Int> {
    [
      "float_data": floatData.count, "int32_data": int32Data.count,
      "string_data": stringData.count, "int64_data": int64Data.count,
      "double_data": doubleData.count, "uint64_data": uint64Data.count,
    ]
  }

  /// Name of a typed field that holds elements; `nil` where none does.
  var typedField: String? { typedField(besides: "") }

  func typedField(besides expected: String) -> String? {
    entryCounts.first { $0.key != expected && $0.value > 0 }?.key
  }

  func entryCount(of field: String) -> Int {
    entryCounts.first { $0.key == field }?.value ?? 0
  }

  mutating func clearTypedData() {
    floatData = []
    int32Data = []
    stringData = []
    int64Data = []
    doubleData = []
    uint64Data = []
  }
}
