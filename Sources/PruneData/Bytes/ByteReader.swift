/// Reads plain or compressed bytes front to back.
struct ByteReader {
  private enum Source {
    case plain(ArraySlice<UInt8>)
    case compressed(Inflater)
  }

  let file: String
  /// CRC-32 of the bytes read so far.
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

  /// A reader that decompresses bytes that start with gzip's magic number.
  init(maybeGzipped bytes: [UInt8], file: String) throws(DataError) {
    if bytes.starts(with: [0x1F, 0x8B]) {
      try self.init(inflating: bytes[...], format: .gzip, file: file)
    } else {
      self.init(bytes[...], file: file)
    }
  }

  /// Upper bound of the number of bytes still to be read; exact for plain bytes.
  var remainingBound: Int {
    switch source {
    case .plain(let bytes): bytes.count
    case .compressed(let inflater): inflater.remainingBound
    }
  }

  /// Fills `output` as far as the data goes.
  ///
  /// - Returns: the number of bytes written.
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

  /// Reads exactly `count` elements, in the file's byte order.
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
    elements.withUnsafeBytes { checksum = CRC32.checksum($0, continuing: checksum) }
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

/// Little-endian words in and out of byte arrays.
enum ByteOrder {
  static func swapped<Word: FixedWidthInteger>(_ words: [Word]) -> [Word] {
    words.map(\.byteSwapped)
  }

  static func littleEndian<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    withUnsafeBytes(of: word.littleEndian) { Array($0) }
  }

  /// The word at `offset`; `nil` beyond the end.
  static func word<Word: FixedWidthInteger>(
    _ bytes: [UInt8], at offset: Int, as: Word.Type
  ) -> Word? {
    guard offset >= 0, offset <= bytes.count - MemoryLayout<Word>.size else { return nil }
    return bytes.withUnsafeBytes {
      Word(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Word.self))
    }
  }
}

/// Limit of the memory that reading one file may take: 90 times its size plus 48 MiB.
///
/// Charged before anything is allocated, so that a compressed file of zeros or a header that promises terabytes
/// is refused instead of filling the machine.
struct MemoryAllowance {
  let file: String
  let limitBytes: Int
  private(set) var usedBytes = 0

  init(file: String, fileBytes: Int) {
    self.file = file
    limitBytes = Self.saturating(fileBytes, times: 90, plus: 48 << 20)
  }

  mutating func charge(_ count: Int, bytesEach: Int) throws(DataError) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: bytesEach)
    let (total, carried) = usedBytes.addingReportingOverflow(bytes)
    guard !overflow, !carried, total <= limitBytes else {
      throw .tooLarge(
        file, neededBytes: overflow || carried ? Int.max : total, limitBytes: limitBytes)
    }
    usedBytes = total
  }

  private static func saturating(_ value: Int, times factor: Int, plus term: Int) -> Int {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    let (sum, carried) = product.addingReportingOverflow(term)
    return overflow || carried ? Int.max : sum
  }
}

/// Product of extents; `nil` where it overflows or an extent is negative.
func checkedCount(_ shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    guard extent >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    if overflow { return nil }
    count = product
  }
  return count
}
