/// The list of members at the end of a zip file, ZIP64 included.
///
/// - Source: [PKWARE, *APPNOTE.TXT*](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT) 6.3.10, §4.3.
struct ZipDirectory {
  struct Member {
    var name: String
    var isDeflated: Bool
    var checksum: UInt32
    var compressedBytes: Int
    var expandedBytes: Int
    /// Offset of the local header from the start of the file, in bytes.
    var offset: Int
  }

  let members: [Member]
  private let bytes: [UInt8]
  private let file: String

  init(_ bytes: [UInt8], file: String) throws(DataError) {
    self.bytes = bytes
    self.file = file
    let (start, count) = try Self.locate(in: bytes, file: file)
    var position = start
    var members: [Member] = []
    for index in 0..<count {
      let part = "zip entry \(index)"
      guard Self.field(bytes, position, UInt32.self) == 0x0201_4B50 else {
        throw .malformed(
          file, part: part, got: "not a directory entry", expected: "signature PK\\1\\2")
      }
      let entry = try Self.entry(bytes, at: position, part: part, file: file)
      members.append(entry.member)
      position = entry.end
    }
    self.members = members
  }

  /// A reader of the member's content, front to back.
  func reader(for member: Member) throws(DataError) -> ByteReader {
    let label = "\(file)/\(member.name)"
    guard Self.field(bytes, member.offset, UInt32.self) == 0x0403_4B50,
      let nameLength = Self.field(bytes, member.offset + 26, UInt16.self),
      let extraLength = Self.field(bytes, member.offset + 28, UInt16.self)
    else {
      throw .malformed(
        label, part: "the local header", got: "nothing at byte \(member.offset)",
        expected: "signature PK\\3\\4")
    }
    let start = member.offset + 30 + nameLength + extraLength
    guard start <= bytes.count, member.compressedBytes <= bytes.count - start else {
      throw .truncated(
        label, part: "the member", got: max(0, bytes.count - start),
        expected: member.compressedBytes)
    }
    let content = bytes[start..<start + member.compressedBytes]
    return member.isDeflated
      ? try ByteReader(inflating: content, format: .raw, file: label)
      : ByteReader(content, file: label)
  }

  private static func field<Word: FixedWidthInteger>(
    _ bytes: [UInt8], _ offset: Int, _ type: Word.Type
  ) -> Int? {
    ByteOrder.word(bytes, at: offset, as: type).flatMap { Int(exactly: $0) }
  }

  private static func locate(
    in bytes: [UInt8], file: String
  ) throws(DataError) -> (start: Int, count: Int) {
    let lowest = max(0, bytes.count - 22 - 0xFFFF)
    var end = bytes.count - 22
    while end >= lowest, field(bytes, end, UInt32.self) != 0x0605_4B50 { end -= 1 }
    guard end >= lowest, end >= 0, var count = field(bytes, end + 10, UInt16.self),
      var start = field(bytes, end + 16, UInt32.self)
    else {
      throw .malformed(
        file, part: "the file", got: "no zip archive, or one cut short",
        expected: "an .npz file, which ends in a zip directory")
    }
    if count == 0xFFFF || start == 0xFFFF_FFFF, end >= 20,
      field(bytes, end - 20, UInt32.self) == 0x0706_4B50,
      let record = field(bytes, end - 12, UInt64.self),
      field(bytes, record, UInt32.self) == 0x0606_4B50,
      let wideCount = field(bytes, record + 32, UInt64.self),
      let wideStart = field(bytes, record + 48, UInt64.self)
    {
      (count, start) = (wideCount, wideStart)
    }
    guard start <= bytes.count, count <= (bytes.count - start) / 46 else {
      throw .malformed(
        file, part: "the zip directory", got: "\(count) entries from byte \(start)",
        expected: "entries within the \(bytes.count) bytes of the file")
    }
    return (start, count)
  }

  private static func entry(
    _ bytes: [UInt8], at start: Int, part: String, file: String
  ) throws(DataError) -> (member: Member, end: Int) {
    guard let flags = field(bytes, start + 8, UInt16.self),
      let method = field(bytes, start + 10, UInt16.self),
      let checksum = ByteOrder.word(bytes, at: start + 16, as: UInt32.self),
      var compressed = field(bytes, start + 20, UInt32.self),
      var expanded = field(bytes, start + 24, UInt32.self),
      let nameLength = field(bytes, start + 28, UInt16.self),
      let extraLength = field(bytes, start + 30, UInt16.self),
      let commentLength = field(bytes, start + 32, UInt16.self),
      var offset = field(bytes, start + 42, UInt32.self),
      start + 46 + nameLength + extraLength + commentLength <= bytes.count
    else { throw .truncated(file, part: part, got: bytes.count - start, expected: 46) }
    let nameStart = start + 46
    let name = String(decoding: bytes[nameStart..<nameStart + nameLength], as: UTF8.self)
    guard flags & 1 == 0 else {
      throw .unsupported(
        file, got: "encrypted member '\(name)'", advice: "save it without a password")
    }
    guard method == 0 || method == 8 else {
      throw .unsupported(
        file, got: "compression method \(method) of '\(name)'",
        advice: "save it with numpy.savez or numpy.savez_compressed")
    }
    var extra = nameStart + nameLength
    let extraEnd = extra + extraLength
    while extra + 4 <= extraEnd, let tag = field(bytes, extra, UInt16.self),
      let size = field(bytes, extra + 2, UInt16.self)
    {
      if tag == 1 {
        var position = extra + 4
        func wide(_ value: inout Int) {
          guard value == 0xFFFF_FFFF, position + 8 <= min(extra + 4 + size, extraEnd) else {
            return
          }
          value = field(bytes, position, UInt64.self) ?? Int.max
          position += 8
        }
        wide(&expanded)
        wide(&compressed)
        wide(&offset)
      }
      extra += 4 + size
    }
    let member = Member(
      name: name, isDeflated: method == 8, checksum: checksum, compressedBytes: compressed,
      expandedBytes: expanded, offset: offset)
    return (member, extraEnd + commentLength)
  }
}
