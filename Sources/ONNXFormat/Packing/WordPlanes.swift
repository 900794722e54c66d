/// Words of a tensor separated for entropy coding: positions of the non-zero ones, and their bytes by
/// significance.
///
/// Weights have few distinct exponents and random low bits, so that bytes of equal significance are coded
/// together. Words are first rotated left by one bit, which puts all bits of a float's exponent into few
/// planes and its sign behind the mantissa.
struct WordPlanes: Equatable {
  /// Number of zeros before each non-zero word; 255 stands for 255 zeros and no word. Empty where no
  /// word is zero.
  var gaps: [UInt8] = []
  /// Planes, one per byte of a word, lowest first: that byte of each non-zero word.
  var planes: [[UInt8]]

  var nonzeroCount: Int { planes.first?.count ?? 0 }

  /// - Parameter bytes: `words · wordBytes` bytes.
  init(_ bytes: UnsafeRawBufferPointer, wordBytes: Int) {
    planes = [[UInt8]](repeating: [], count: wordBytes)
    switch wordBytes {
    case 1: split(bytes, as: UInt8.self)
    case 2: split(bytes, as: UInt16.self)
    case 4: split(bytes, as: UInt32.self)
    default: split(bytes, as: UInt64.self)
    }
  }

  init(gaps: [UInt8], planes: [[UInt8]]) {
    self.gaps = gaps
    self.planes = planes
  }

  /// Most bytes that the gaps of a tensor can take.
  static func gapBound(words: Int, nonzero: Int) -> Int { nonzero + words / 255 }

  /// Bytes of the words; `nil` where the gaps exceed `words` or do not belong to the planes.
  func bytes(words: Int) -> [UInt8]? {
    switch planes.count {
    case 1: joined(words: words, as: UInt8.self)
    case 2: joined(words: words, as: UInt16.self)
    case 4: joined(words: words, as: UInt32.self)
    default: joined(words: words, as: UInt64.self)
    }
  }

  private mutating func split<Word: FixedWidthInteger & UnsignedInteger>(
    _ bytes: UnsafeRawBufferPointer, as: Word.Type
  ) {
    let width = MemoryLayout<Word>.size
    let count = bytes.count / width
    var values: [Word] = []
    var gap = 0
    for index in 0..<count {
      let word = Word(
        littleEndian: bytes.loadUnaligned(fromByteOffset: index * width, as: Word.self))
      guard word != 0 else {
        gap += 1
        continue
      }
      while gap >= 255 {
        gaps.append(255)
        gap -= 255
      }
      gaps.append(UInt8(gap))
      gap = 0
      values.append(word << 1 | word >> (Word.bitWidth - 1))
    }
    if values.count == count { gaps = [] }
    for plane in 0..<width {
      planes[plane] = values.map { UInt8(truncatingIfNeeded: $0 >> (8 * plane)) }
    }
  }

  private func joined<Word: FixedWidthInteger & UnsignedInteger>(
    words: Int, as: Word.Type
  ) -> [UInt8]? {
    let width = MemoryLayout<Word>.size
    let count = nonzeroCount
    guard planes.allSatisfy({ $0.count == count }), count <= words else { return nil }
    guard let positions = positions(words: words) else { return nil }
    var result = [UInt8](repeating: 0, count: words * width)
    result.withUnsafeMutableBytes { result in
      for index in 0..<count {
        var word: Word = 0
        for plane in 0..<width { word |= Word(planes[plane][index]) << (8 * plane) }
        word = word >> 1 | word << (Word.bitWidth - 1)
        result.storeBytes(
          of: word.littleEndian, toByteOffset: positions[index] * width, as: Word.self)
      }
    }
    return result
  }

  private func positions(words: Int) -> [Int]? {
    let count = nonzeroCount
    if gaps.isEmpty { return count == words || count == 0 ? Array(0..<count) : nil }
    var positions: [Int] = []
    positions.reserveCapacity(count)
    var position = 0
    for gap in gaps {
      position += Int(gap)
      if gap == 255 { continue }
      guard position < words, positions.count < count else { return nil }
      positions.append(position)
      position += 1
    }
    return positions.count == count ? positions : nil
  }
}
