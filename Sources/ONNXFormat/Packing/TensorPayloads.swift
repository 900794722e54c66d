import PruneCore

/// Byte ranges of the elements of stored tensors in an encoded model.
///
/// Bytes that passed ``WireScanner`` are walked without being decoded, so that a package can hold them
/// exactly as they are.
struct TensorPayloads {
  /// Range of consecutive little-endian words.
  struct Payload: Equatable {
    let range: Range<Int>
    /// Size of a word: 1, 2, 4 or 8 bytes.
    let wordBytes: Int
  }

  /// Payloads in file order; those below 256 bytes are omitted.
  private(set) var payloads: [Payload] = []
  /// `true` where a tensor has its elements in another file.
  private(set) var usesExternalData = false
  private let bytes: [UInt8]

  /// Smallest payload; below it the streams' own headers outweigh the gain of their separation.
  private static let smallestPayloadBytes = 256

  /// - Parameter bytes: accepted by ``WireScanner/check(_:file:)``.
  init(in bytes: [UInt8]) {
    self.bytes = bytes
    visit(.model, 0..<bytes.count)
    payloads.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  private mutating func visit(_ message: WireMessage, _ range: Range<Int>) {
    var offset = range.lowerBound
    var elementType: ElementType?
    var raw: Range<Int>?
    while offset < range.upperBound {
      let tag = varint(at: &offset)
      switch tag & 7 {
      case 0:
        let value = varint(at: &offset)
        guard message == .tensor else { continue }
        if tag >> 3 == 2 { elementType = Int32(exactly: value).flatMap(ElementType.init) }
        if tag >> 3 == 14, value == 1 { usesExternalData = true }
      case 1: offset += 8
      case 5: offset += 4
      default:
        let count = Int(varint(at: &offset))
        let content = offset..<offset + count
        offset += count
        if case .message(let inner)? = message.field(tag >> 3)?.content {
          visit(inner, content)
        } else if message == .tensor {
          switch tag >> 3 {
          case 4: add(content, wordBytes: 4)
          case 10: add(content, wordBytes: 8)
          case 9: raw = content
          default: break
          }
        }
      }
    }
    if let raw, let bits = elementType?.bitWidth, bits >= 8 {
      add(raw, wordBytes: min(bits / 8, 8))
    }
  }

  private mutating func add(_ range: Range<Int>, wordBytes: Int) {
    guard range.count >= Self.smallestPayloadBytes else { return }
    payloads.append(Payload(range: range, wordBytes: wordBytes))
  }

  private func varint(at offset: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }
}
