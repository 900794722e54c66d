public import Foundation
public import PruneCore

/// One array as NumPy's `.npy` files hold it.
///
/// Types f2, f4, f8, i1 … i8, u1 … u8 and b1 are read in either byte order, in C or Fortran order, from format
/// versions 1 to 3; written are little-endian C-order files of version 1. Strings, dates and pickled objects are
/// refused.
public struct NumPyArray: Hashable, Sendable {
  /// The elements in C order, whatever order the file has.
  public var tensor: HostTensor

  /// An array to be written.
  public init(_ tensor: HostTensor) { self.tensor = tensor }

  /// Reads an `.npy` file, never taking more memory than 100 times the file plus 64 MiB.
  public init(contentsOf url: URL) throws(DataError) {
    let bytes = try FileContents.read(url)
    try self.init(bytes: bytes, name: url.path)
  }

  /// Reads an `.npy` file in memory.
  ///
  /// - Parameters:
  ///   - bytes: contents of the file.
  ///   - name: name of the file in messages.
  public init(bytes: [UInt8], name: String) throws(DataError) {
    var allowance = MemoryAllowance(file: name, fileBytes: bytes.count)
    var reader = ByteReader(bytes[...], file: name)
    self = try NumPyArray.read(from: &reader, allowance: &allowance)
    try reader.expectEnd(of: "the array")
  }

  /// Writes the array as an `.npy` file, whole or not at all.
  public func write(to url: URL) throws(DataError) {
    try FileContents.write(try encoded(name: url.path), to: url)
  }

  /// The bytes of a `.npy` file.
  ///
  /// - Parameter name: name of the array in messages.
  public func encoded(name: String = "array") throws(DataError) -> [UInt8] {
    guard let header = NumPyHeader(type: tensor.elementType, shape: tensor.shape).encoded() else {
      throw .unsupported(
        name, got: "element type \(tensor.elementType)", advice: "convert it to float32 first")
    }
    return header + tensor.littleEndianBytes
  }

  static func read(
    from reader: inout ByteReader, allowance: inout MemoryAllowance
  ) throws(DataError) -> NumPyArray {
    let header = try NumPyHeader(from: &reader)
    let copies = header.isBigEndian || header.isFortranOrder || header.type == .bool ? 3 : 1
    let (size, overflow) = header.count.multipliedReportingOverflow(by: header.elementBytes)
    guard !overflow, size <= reader.remainingBound else {
      throw .truncated(
        reader.file, part: "the array", got: reader.remainingBound,
        expected: overflow ? Int.max : size)
    }
    try allowance.charge(size, bytesEach: copies)
    var storage = try readStorage(header, from: &reader)
    if header.isFortranOrder, header.shape.count > 1 {
      storage = storage.inCOrder(fortranShape: header.shape, elementBytes: header.elementBytes)
    }
    return NumPyArray(HostTensor(shape: header.shape, storage: storage))
  }

  private static func readStorage(
    _ header: NumPyHeader, from reader: inout ByteReader
  ) throws(DataError) -> HostTensor.Storage {
    let count = header.count
    let part = "the array of shape \(header.shape)"
    switch header.type {
    case .float32 where !header.isBigEndian:
      return .float32(try reader.read(count, of: Float.self, zero: 0, part: part))
    case .float64 where !header.isBigEndian:
      return .float64(try reader.read(count, of: Double.self, zero: 0, part: part))
    case .float32:
      let words = try reader.read(count, of: UInt32.self, zero: 0, part: part)
      return .float32(words.map { Float(bitPattern: $0.byteSwapped) })
    case .float64:
      let words = try reader.read(count, of: UInt64.self, zero: 0, part: part)
      return .float64(words.map { Double(bitPattern: $0.byteSwapped) })
    case .int32:
      let words = try reader.read(count, of: Int32.self, zero: 0, part: part)
      return .int32(header.isBigEndian ? words.map(\.byteSwapped) : words)
    case .int64:
      let words = try reader.read(count, of: Int64.self, zero: 0, part: part)
      return .int64(header.isBigEndian ? words.map(\.byteSwapped) : words)
    case .uint8:
      return .uint8(try reader.bytes(count, part: part))
    case .bool:
      return .bool(try reader.bytes(count, part: part).map { $0 != 0 })
    default:
      var bytes = try reader.bytes(count * header.elementBytes, part: part)
      if header.isBigEndian { bytes.reverseEach(header.elementBytes) }
      return .bytes(header.type, bytes)
    }
  }
}

extension [UInt8] {
  /// Reverses every group of `width` bytes.
  fileprivate mutating func reverseEach(_ width: Int) {
    guard width > 1 else { return }
    for start in stride(from: 0, to: count, by: width) {
      for offset in 0..<width / 2 { swapAt(start + offset, start + width - 1 - offset) }
    }
  }
}

extension HostTensor {
  /// The elements as NumPy stores them, little-endian; empty for strings.
  var littleEndianBytes: [UInt8] {
    switch storage {
    case .float32(let values): Self.bytes(of: values.map(\.bitPattern.littleEndian))
    case .float64(let values): Self.bytes(of: values.map(\.bitPattern.littleEndian))
    case .int32(let values): Self.bytes(of: values.map(\.littleEndian))
    case .int64(let values): Self.bytes(of: values.map(\.littleEndian))
    case .uint8(let values): values
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .bytes(_, let bytes): bytes
    case .strings: []
    }
  }

  private static func bytes<Word: FixedWidthInteger>(of words: [Word]) -> [UInt8] {
    words.withUnsafeBytes { Array($0) }
  }
}

extension HostTensor.Storage {
  /// Reorders elements stored with the first axis fastest into row-major order.
  func inCOrder(fortranShape shape: [Int], elementBytes: Int) -> Self {
    switch self {
    case .float32(let values): .float32(Self.reordered(values, shape))
    case .float64(let values): .float64(Self.reordered(values, shape))
    case .int32(let values): .int32(Self.reordered(values, shape))
    case .int64(let values): .int64(Self.reordered(values, shape))
    case .uint8(let values): .uint8(Self.reordered(values, shape))
    case .bool(let values): .bool(Self.reordered(values, shape))
    case .bytes(let type, let bytes):
      .bytes(type, Self.reordered(bytes, shape, elementsEach: elementBytes))
    case .strings: self
    }
  }

  private static func reordered<Element>(
    _ values: [Element], _ shape: [Int], elementsEach width: Int = 1
  ) -> [Element] {
    var result = values
    var index = [Int](repeating: 0, count: shape.count)
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var source = 0
    for target in 0..<values.count / width {
      for byte in 0..<width { result[target * width + byte] = values[source * width + byte] }
      for axis in shape.indices.reversed() {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
