extension HostTensor {
  /// The elements as `Float`; `nil` where the type is no real number (strings, complex, 8-bit floats).
  public var floats: [Float]? {
    switch storage {
    case .float32(let values): values
    case .float64(let values): values.map { Float($0) }
    case .int32(let values): values.map { Float($0) }
    case .int64(let values): values.map { Float($0) }
    case .uint8(let values): values.map { Float($0) }
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .strings: nil
    case .bytes(.float16, let bytes): Self.words(bytes).map(Self.float(fromHalf:))
    case .bytes(.bfloat16, let bytes):
      Self.words(bytes).map { Float(bitPattern: UInt32($0) << 16) }
    case .bytes: integers?.map { Float($0) }
    }
  }

  /// The elements as `Int`, truncated towards zero; `nil` where the type is no real number or a value does not fit.
  public var integers: [Int]? {
    switch storage {
    case .float32(let values): Self.exact(values) { Int(exactly: $0.rounded(.towardZero)) }
    case .float64(let values): Self.exact(values) { Int(exactly: $0.rounded(.towardZero)) }
    case .int32(let values): values.map { Int($0) }
    case .int64(let values): values.map { Int($0) }
    case .uint8(let values): values.map { Int($0) }
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .strings: nil
    case .bytes(.int8, let bytes): bytes.map { Int(Int8(bitPattern: $0)) }
    case .bytes(.uint16, let bytes): Self.words(bytes).map { Int($0) }
    case .bytes(.int16, let bytes): Self.words(bytes).map { Int(Int16(bitPattern: $0)) }
    case .bytes(.uint32, let bytes): Self.load(bytes, as: UInt32.self).map { Int($0) }
    case .bytes(.uint64, let bytes):
      Self.exact(Self.load(bytes, as: UInt64.self)) { Int(exactly: $0) }
    case .bytes: nil
    }
  }

  /// The values stored as `type`, rounded to nearest even; `nil` where the conversion is not supported.
  public func converted(to type: ElementType) -> HostTensor? {
    if type == elementType { return self }
    switch type {
    case .float32: return floats.map { HostTensor(shape: shape, storage: .float32($0)) }
    case .float64:
      return floats.map { HostTensor(shape: shape, storage: .float64($0.map { Double($0) })) }
    case .int64:
      return integers.map { HostTensor(shape: shape, storage: .int64($0.map { Int64($0) })) }
    case .float16:
      return floats.map { values in
        HostTensor(
          shape: shape, storage: .bytes(.float16, Self.bytes(values.map(Self.half(from:)))))
      }
    case .bfloat16:
      return floats.map { values in
        HostTensor(
          shape: shape, storage: .bytes(.bfloat16, Self.bytes(values.map(Self.brainHalf(from:)))))
      }
    default: return nil
    }
  }

  private static func exact<Value>(_ values: [Value], _ convert: (Value) -> Int?) -> [Int]? {
    var result: [Int] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let integer = convert(value) else { return nil }
      result.append(integer)
    }
    return result
  }

  private static func words(_ bytes: [UInt8]) -> [UInt16] { load(bytes, as: UInt16.self) }

  private static func load<Word: FixedWidthInteger>(_ bytes: [UInt8], as: Word.Type) -> [Word] {
    let width = MemoryLayout<Word>.size
    return bytes.withUnsafeBytes { raw in
      (0..<bytes.count / width).map {
        Word(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * width, as: Word.self))
      }
    }
  }

  private static func bytes(_ words: [UInt16]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 2 * words.count) { buffer, count in
      for (index, word) in words.enumerated() {
        buffer[2 * index] = UInt8(truncatingIfNeeded: word)
        buffer[2 * index + 1] = UInt8(truncatingIfNeeded: word >> 8)
      }
      count = 2 * words.count
    }
  }

  /// IEEE 754 binary16 to binary32; `Float16` is not available on every platform Swift supports.
  static func float(fromHalf bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    if exponent == 0 {
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    }
    if exponent == 31 { return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13) }
    return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }

  /// Binary32 to IEEE 754 binary16, rounded to nearest even; NaN becomes a quiet one.
  static func half(from value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = value.magnitude
    if value.isNaN { return sign | 0x7E00 }
    if magnitude >= 65520 { return sign | 0x7C00 }
    if magnitude < 0x1p-14 {
      return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
    }
    let rounded = (bits & 0x7FFF_FFFF) &+ 0xFFF &+ (bits >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded >> 13) &- (112 << 10))
  }

  /// Binary32 to bfloat16, rounded to nearest even; NaN becomes a quiet one.
  static func brainHalf(from value: Float) -> UInt16 {
    if value.isNaN { return 0x7FC0 }
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
