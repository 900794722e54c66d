import CZlib

/// Encoder of a package, part by part.
struct PackageEncoder {
  /// Part of a package.
  enum Part {
    case header
    case plain(Range<Int>)
    case words(Range<Int>, wordBytes: Int)
    case end
  }

  let parts: [Part]
  private let bytes: [UInt8]
  private let file: String

  /// - Throws: ``ONNXError`` where the bytes are no model, or not all of it.
  init(_ bytes: [UInt8], file: String) throws(ONNXError) {
    _ = try ONNXReader().decode(bytes, file: file)
    let found = TensorPayloads(in: bytes)
    guard !found.usesExternalData else {
      throw .badPackage(file: file, problem: .externalData)
    }
    self.bytes = bytes
    self.file = file
    var parts = [Part.header]
    var offset = 0
    for payload in found.payloads {
      parts += Self.pieces(of: offset..<payload.range.lowerBound).map { .plain($0) }
      parts += Self.pieces(of: payload.range).map { .words($0, wordBytes: payload.wordBytes) }
      offset = payload.range.upperBound
    }
    parts += Self.pieces(of: offset..<bytes.count).map { .plain($0) }
    self.parts = parts + [.end]
  }

  func encode(_ part: Part) throws(ONNXError) -> [UInt8] {
    switch part {
    case .header:
      return PackageFormat.magic + [PackageFormat.version] + littleEndian(UInt64(bytes.count))
    case .plain(let range):
      let content = Array(bytes[range])
      return [PackageFormat.plain] + littleEndian(UInt32(range.count)) + (try stream(content))
    case .words(let range, let wordBytes):
      let split = bytes[range].withUnsafeBytes { WordPlanes($0, wordBytes: wordBytes) }
      var encoded = [UInt8(wordBytes)] + littleEndian(UInt32(range.count))
      encoded += littleEndian(UInt32(split.nonzeroCount))
      encoded += littleEndian(UInt32(split.gaps.count))
      encoded += try stream(split.gaps)
      for plane in split.planes { encoded += try stream(plane) }
      return encoded
    case .end:
      let checksum = crc32_z(0, bytes, bytes.count)
      return [PackageFormat.end] + littleEndian(UInt32(truncatingIfNeeded: checksum))
    }
  }

  private static func pieces(of range: Range<Int>) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: PackageFormat.largestRecordBytes).map {
      $0..<min(range.upperBound, $0 + PackageFormat.largestRecordBytes)
    }
  }

  private func stream(_ content: [UInt8]) throws(ONNXError) -> [UInt8] {
    do throws(ZstdCoder.Failure) {
      let frame = try ZstdCoder.encode(content)
      return littleEndian(UInt32(frame.count)) + frame
    } catch {
      throw .unwritable(file: file, reason: "zstd reports '\(error.reason)'")
    }
  }

  private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
