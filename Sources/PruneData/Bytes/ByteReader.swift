/// Reads plain or compressed bytes front to back.
struct ByteReader {
  private enum Source {
    case plain(ArraySlice<UInt8>)
    case compressed(Inflater)
  }

  let file: String
  /// CRC-32 of what was read so far.
  private(set) var checksum: UInt32 = 0
  private var source: Source

  init(_ bytes: ArraySlice<UInt8>, file: String) {
    self.file = file
    source = .plain(bytes)
  }

  init(inflating bytes: ArraySlice<UInt8>, format: Inflater.Format, file: String) throws(DataError)
  {
    self.file = file
    source = .compressed(try Inflater(bytes, format: format, file: file))
  }

  /// Decompresses where the bytes start with gzip's magic number.
  init(maybeGzipped bytes: [UInt8], file: String) throws(DataError) {
    if bytes.starts(with: [0x1F, 0x8B]) {
      try self.init(inflating: bytes[...], format: .gzip, file: file)
    } else {
      self.init(bytes[...], file: file)
    }
  }

  /// Upper bound of what is still to come; exact for plain bytes.
  var remainingBound: Int {
    switch source {
    case .plain(let bytes): bytes.count
    case .compressed(let inflater): inflater.remainingBound
    }
  }

  /// Fills `output` as far as the data goes.
  mutating func read(upTo output: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    switch source {
    case .plain(let bytes):
      let count = min(bytes.count, output.count)
      bytes.withUnsafeBytes {
        output.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<count]))
      }
      source = .plain(bytes.dropFirst(count))
      return count
    case .compressed(let inflater):
      return try inflater.read(into: output)
    }
  }

  /// Exactly `count` elements in the file's byte order.
  ///
  /// The caller has charged a ``MemoryAllowance`` for them.
  mutating func read<Element: BitwiseCopyable>(
    _ count: Int, of: Element.Type, zero: Element, part: String
  ) throws(DataError) -> [Element] {
    let width = MemoryLayout<Element>.stride
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, size <= remainingBound else {
      throw .truncated(
        file, part: part, got: remainingBound, expected: overflow ? Int.max : size)
    }
    var elements = [Element](repeating: zero, count: count)
    var failure: DataError?
    let got = elements.withUnsafeMutableBytes { buffer -> Int in
      do throws(DataError) {
        return try read(upTo: buffer)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    guard got == size else { throw .truncated(file, part: part, got: got, expected: size) }
    elements.withUnsafeBytes { checksum = Checksum.crc32($0, continuing: checksum) }
    return elements
  }

  mutating func bytes(_ count: Int, part: String) throws(DataError) -> [UInt8] {
    try read(count, of: UInt8.self, zero: 0, part: part)
  }

  /// Refuses data after the end; also makes compressed data check its checksum.
  mutating func expectEnd(of part: String) throws(DataError) {
    var extra: UInt8 = 0
    var failure: DataError?
    let got = withUnsafeMutableBytes(of: &extra) { buffer -> Int in
      do throws(DataError) {
        return try read(upTo: buffer)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    if got > 0 { throw .trailingBytes(file, part: part) }
  }
}
