import PruneCore

/// Elements as `raw_data` holds them: little-endian, row-major, 4-bit types two to a byte.
enum RawTensorData {
  /// `nil` for strings, which have no raw form.
  static func byteCount(_ type: ElementType, shape: [Int]) -> Int? {
    type.bitWidth.map { ($0 * HostTensor.elementCount(of: shape) + 7) / 8 }
  }

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
