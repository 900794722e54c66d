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
