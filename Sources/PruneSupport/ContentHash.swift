import Crypto

/// SHA-256 of content that is added in parts: equal for equal content, in every process and on every platform.
///
/// Texts and arrays are preceded by their length, so that parts cannot run into each other; numbers are little-endian.
///
/// - Source: NIST, *Secure Hash Standard*, FIPS 180-4, 2015, §6.2.
package struct ContentHash {
  private var hasher = SHA256()

  /// The hash of no content.
  package init() {}

  /// Adds bytes as they are, without their number.
  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    hasher.update(bufferPointer: bytes)
  }

  /// Adds the number of UTF-8 bytes, then the bytes.
  package mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      addLength(bytes.count)
      add(UnsafeRawBufferPointer(bytes))
    }
  }

  /// Adds the number of values, then each as 64 bits.
  package mutating func add(_ values: [Int]) {
    addLength(values.count)
    #if _endian(little) && _pointerBitWidth(_64)
      values.withUnsafeBytes { add($0) }
    #else
      values.map { Int64($0).littleEndian }.withUnsafeBytes { add($0) }
    #endif
  }

  /// Adds the number of values, then the bit pattern of each as 32 bits; NaNs of different bits differ, as do ±0.
  package mutating func add(_ values: [Float]) {
    addLength(values.count)
    #if _endian(little)
      values.withUnsafeBytes { add($0) }
    #else
      values.map(\.bitPattern.littleEndian).withUnsafeBytes { add($0) }
    #endif
  }

  /// 64 hexadecimal digits of what was added so far.
  package var hexadecimal: String { Self.hexadecimal(hasher.finalize()) }

  /// 64 hexadecimal digits: the SHA-256 of the bytes alone, as other programs compute it.
  package static func sha256(_ bytes: [UInt8]) -> String {
    var hash = ContentHash()
    bytes.withUnsafeBytes { hash.add($0) }
    return hash.hexadecimal
  }

  private mutating func addLength(_ length: Int) {
    withUnsafeBytes(of: Int64(length).littleEndian) { add($0) }
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    let digits = digest.flatMap { byte in
      [hexadecimalDigits[Int(byte >> 4)], hexadecimalDigits[Int(byte & 15)]]
    }
    return String(decoding: digits, as: UTF8.self)
  }

  private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
}
