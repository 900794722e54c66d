internal import PruneCore

/// An array in the format that MNIST made known.
///
/// - Source: LeCun, Cortes & Burges, *The MNIST database of handwritten digits*, "The IDX file format".
enum IDXFile {
  static func read(
    _ bytes: [UInt8], file: String, allowance: inout MemoryAllowance
  ) throws(DataError) -> HostTensor {
    guard !bytes.isEmpty else { throw .empty(file) }
    var reader = try ByteReader(maybeGzipped: bytes, file: file)
    let magic = try reader.bytes(4, part: "the IDX header")
    guard magic[0] == 0, magic[1] == 0, let type = Self.types[magic[2]], magic[3] > 0 else {
      throw .malformed(
        file, part: "the magic number", got: "\(magic)",
        expected: "[0, 0, type 8 … 14, number of axes], as in an IDX file")
    }
    var shape: [Int] = []
    for _ in 0..<magic[3] {
      let extent = try reader.bytes(4, part: "the IDX header")
      shape.append(extent.reduce(0) { $0 << 8 | Int($1) })
    }
    let width = (type.bitWidth ?? 8) / 8
    guard let count = checkedCount(shape), count <= reader.remainingBound / width else {
      throw .truncated(
        file, part: "the array of shape \(shape)", got: reader.remainingBound,
        expected: checkedCount(shape + [width]) ?? Int.max)
    }
    try allowance.charge(count, bytesEach: width == 1 ? 1 : 3 * width)
    let storage = try storage(of: type, count: count, shape: shape, from: &reader)
    try reader.expectEnd(of: "the array of shape \(shape)")
    return HostTensor(shape: shape, storage: storage)
  }

  private static let types: [UInt8: ElementType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  /// IDX stores the most significant byte first.
  private static func storage(
    of type: ElementType, count: Int, shape: [Int], from reader: inout ByteReader
  ) throws(DataError) -> HostTensor.Storage {
    let part = "the array of shape \(shape)"
    switch type {
    case .uint8: return .uint8(try reader.bytes(count, part: part))
    case .int8: return .bytes(.int8, try reader.bytes(count, part: part))
    case .int16:
      let words = try reader.read(count, of: Int16.self, zero: 0, part: part)
      return .int32(words.map { Int32(Int16(bigEndian: $0)) })
    case .int32:
      let words = try reader.read(count, of: Int32.self, zero: 0, part: part)
      return .int32(words.map { Int32(bigEndian: $0) })
    case .float64:
      let words = try reader.read(count, of: UInt64.self, zero: 0, part: part)
      return .float64(words.map { Double(bitPattern: UInt64(bigEndian: $0)) })
    default:
      let words = try reader.read(count, of: UInt32.self, zero: 0, part: part)
      return .float32(words.map { Float(bitPattern: UInt32(bigEndian: $0)) })
    }
  }
}
