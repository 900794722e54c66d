/// Scanner of a model's protobuf records, which checks them before the decoder builds them.
///
/// The decoder does not locate damage in a file, nor bound the memory of its records; this pass does
/// both, and allocates nothing that grows with the file.
struct WireScanner {
  static let depthLimit = 100
  /// Most bytes of memory per byte of file; a record-dense but honest graph takes about 40.
  private static let memoryFactor = 64
  private static let memoryAllowanceBytes = 32 << 20

  private let file: String
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private var memoryBytes = 0
  private var path: [StaticString] = []

  /// - Throws: ``ONNXError`` for the first record that cannot be decoded.
  static func check(_ bytes: UnsafeRawBufferPointer, file: String) throws(ONNXError) {
    var scanner = WireScanner(file: file, bytes: bytes)
    try scanner.scan(.model, until: bytes.count)
  }

  private init(file: String, bytes: UnsafeRawBufferPointer) {
    self.file = file
    self.bytes = bytes
  }

  private mutating func scan(_ message: WireMessage, until end: Int) throws(ONNXError) {
    guard path.count < Self.depthLimit else {
      throw .nestedTooDeeply(file: file, field: field(), limit: Self.depthLimit)
    }
    try account(message.memoryBytes)
    while offset < end {
      let start = offset
      let tag = try varint(until: end)
      let number = tag >> 3
      guard number > 0, number < 1 << 29 else {
        throw .malformed(
          file: file, field: field(), offset: start, reason: "has field number \(number)")
      }
      switch tag & 7 {
      case 0: _ = try varint(until: end)
      case 1: try skip(8, until: end, from: start)
      case 2: try scanContent(of: message.field(number), until: end, from: start)
      case 5: try skip(4, until: end, from: start)
      default:
        throw .malformed(
          file: file, field: field(), offset: start,
          reason: "has wire type \(tag & 7), which ONNX does not use")
      }
    }
  }

  private mutating func scanContent(
    of known: WireMessage.Field?, until end: Int, from start: Int
  ) throws(ONNXError) {
    if let known { path.append(known.name) }
    let length = try varint(until: end)
    guard length <= UInt64(end - offset) else {
      throw .truncated(
        file: file, field: field(), offset: start, needed: length, available: end - offset)
    }
    let contentEnd = offset + Int(length)
    switch known?.content {
    case .message(let message):
      try scan(message, until: contentEnd)
    case .text:
      let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<contentEnd])
      guard String(validating: text, as: UTF8.self) != nil else {
        throw .notUTF8(file: file, field: field(), offset: start)
      }
      try account(text.count + 32)
    case .payload, nil:
      try account(24)
    }
    offset = contentEnd
    if known != nil { path.removeLast() }
  }

  private mutating func skip(_ count: Int, until end: Int, from start: Int) throws(ONNXError) {
    guard count <= end - offset else {
      throw .truncated(
        file: file, field: field(), offset: start, needed: UInt64(count), available: end - offset)
    }
    offset += count
  }

  private mutating func varint(until end: Int) throws(ONNXError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard offset < end else {
        throw .truncated(file: file, field: field(), offset: start, needed: 1, available: 0)
      }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .malformed(
      file: file, field: field(), offset: start, reason: "is a number of more than 10 bytes")
  }

  private mutating func account(_ count: Int) throws(ONNXError) {
    memoryBytes += count
    guard
      memoryBytes / Self.memoryFactor <= bytes.count + Self.memoryAllowanceBytes / Self.memoryFactor
    else {
      throw .tooManyRecords(file: file, sizeBytes: bytes.count, neededBytes: memoryBytes)
    }
  }

  private func field() -> String {
    path.isEmpty ? "model" : path.map { "\($0)" }.joined(separator: ".")
  }
}
