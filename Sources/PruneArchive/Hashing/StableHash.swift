/// A 64-bit hash with the same value in every process and version: FNV-1a over 32-bit words.
///
/// Tells fingerprints apart; no protection against forgery.
///
/// - Source: Fowler, Noll, Vo & Eastlake, *The FNV Non-Cryptographic Hash Algorithm*, draft-eastlake-fnv, §2.
/// - Note: words instead of octets, so that hashing weights costs a quarter of the multiplications; the upper half
///   is folded into the lower after each, since a word's high bits would otherwise hardly spread.
struct StableHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ word: UInt32) {
    state = (state ^ UInt64(word)) &* 0x100_0000_01B3
    state ^= state >> 32
  }

  mutating func combine(_ text: String) {
    combine(UInt32(truncatingIfNeeded: text.utf8.count))
    for byte in text.utf8 { combine(UInt32(byte)) }
  }

  mutating func combine(_ extents: [Int]) {
    combine(UInt32(truncatingIfNeeded: extents.count))
    for extent in extents { combine(UInt32(truncatingIfNeeded: extent)) }
  }

  mutating func combine(_ values: [Float]) {
    combine(UInt32(truncatingIfNeeded: values.count))
    for value in values { combine(value.bitPattern) }
  }

  var hexadecimal: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
