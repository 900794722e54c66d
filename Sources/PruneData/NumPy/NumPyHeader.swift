internal import PruneCore

/// The text header of a `.npy` file: element type, storage order and shape.
///
/// - Source: [NumPy, *numpy.lib.format*](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html),
///   versions 1.0 to 3.0.
struct NumPyHeader {
  var type: ElementType
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]
  /// Number of elements: the product of the extents.
  var count: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let largestTextBytes = 1 << 16

  /// Reads magic number, version and header text; the payload follows.
  init(from reader: inout ByteReader) throws(DataError) {
    let file = reader.file
    let start = try reader.bytes(8, part: "the .npy header")
    guard Array(start.prefix(6)) == Self.magic else {
      throw .malformed(
        file, part: "the magic number", got: "\(Array(start.prefix(6)))",
        expected: "\(Self.magic) (\\x93NUMPY)")
    }
    guard (1...3).contains(start[6]) else {
      throw .unsupported(
        file, got: ".npy version \(start[6])", advice: "save it as version 1, 2 or 3")
    }
    let width = start[6] == 1 ? 2 : 4
    let lengthBytes = try reader.bytes(width, part: "the .npy header length")
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.largestTextBytes else {
      throw .malformed(
        file, part: "the .npy header length", got: "\(length)",
        expected: "at most \(Self.largestTextBytes)")
    }
    let text = try reader.bytes(length, part: "the .npy header text")
    let literal = try PythonDictionary(text, file: file)
    (type, isBigEndian) = try Self.elementType(literal.description, file: file)
    isFortranOrder = literal.isFortranOrder
    shape = literal.shape
    guard let count = checkedCount(shape) else {
      throw .malformed(
        file, part: "the shape", got: "\(shape)", expected: "a countable number of elements")
    }
    self.count = count
  }

  init(type: ElementType, shape: [Int]) {
    self.type = type
    isBigEndian = false
    isFortranOrder = false
    self.shape = shape
    count = checkedCount(shape) ?? 0
  }

  var elementBytes: Int { (type.bitWidth ?? 8) / 8 }

  /// The header's bytes in version 1.0, padded with blanks so that the payload starts at a multiple of 64.
  /// - Returns: `nil` for element types that NumPy does not have.
  func encoded() -> [UInt8]? {
    guard let name = Self.names[type] else { return nil }
    let order = elementBytes == 1 ? "|" : "<"
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = Array(
      "{'descr': '\(order)\(name)', 'fortran_order': False, 'shape': (\(extents)), }".utf8)
    let unpadded = Self.magic.count + 4 + text.count + 1
    text += [UInt8](repeating: 0x20, count: (64 - unpadded % 64) % 64) + [0x0A]
    return Self.magic + [1, 0] + ByteOrder.littleEndian(UInt16(truncatingIfNeeded: text.count))
      + text
  }

  static let names: [ElementType: String] = [
    .float16: "f2", .float32: "f4", .float64: "f8", .int8: "i1", .int16: "i2", .int32: "i4",
    .int64: "i8", .uint8: "u1", .uint16: "u2", .uint32: "u4", .uint64: "u8", .bool: "b1",
  ]

  private static func elementType(
    _ description: String, file: String
  ) throws(DataError) -> (ElementType, isBigEndian: Bool) {
    let order = description.first ?? " "
    let name = "<>|=".contains(order) ? String(description.dropFirst()) : description
    guard let type = names.first(where: { $0.value == name })?.key else {
      throw .unsupported(
        file, got: "NumPy type '\(description)'",
        advice: "convert it with .astype to one of \(names.values.sorted().joined(separator: ", "))"
      )
    }
    return (type, order == ">")
  }
}
