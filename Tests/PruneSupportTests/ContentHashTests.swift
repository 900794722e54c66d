import PruneSupport
import Testing

@Suite("ContentHash")
struct ContentHashTests {
  @Test(
    "bytes alone hash as SHA-256 does",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (
        String(repeating: "a", count: 1_000_000),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      ),
    ])
  func vectors(text: String, expected: String) {
    #expect(ContentHash.sha256(Array(text.utf8)) == expected)
  }

  /// Worked out with Python's `hashlib` and `struct`: lengths as `<q`, integers as `<q`, floats as `<f`.
  @Test("parts hash as in Python")
  func parts() {
    var hash = ContentHash()
    hash.add("conv1.weight ü")
    hash.add([2, -3, 1 << 40] as [Int])
    hash.add([0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude] as [Float])
    [UInt8]([1, 2, 255]).withUnsafeBytes { hash.add($0) }
    #expect(
      hash.hexadecimal == "01a659f89b47a279e522a5a98b8a4654e441ea0466eefa0b43251caf7f236bc7")
    var empty = ContentHash()
    empty.add("")
    empty.add([] as [Int])
    empty.add([] as [Float])
    #expect(
      empty.hexadecimal == "9d908ecfb6b256def8b49a7c504e6c889c4b0e41fe6ce3e01863dd7b61a20aa0")
  }

  @Test("bytes may come in pieces, and what follows a reading is added to what came before")
  func pieces() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    var hash = ContentHash()
    for start in stride(from: 0, to: bytes.count, by: 77) {
      bytes[start..<min(bytes.count, start + 77)].withUnsafeBytes { hash.add($0) }
      _ = hash.hexadecimal
    }
    #expect(hash.hexadecimal == ContentHash.sha256(bytes))
  }

  @Test("texts and arrays do not run into each other")
  func boundaries() {
    func hash(_ texts: [String], _ arrays: [[Int]]) -> String {
      var hash = ContentHash()
      for text in texts { hash.add(text) }
      for array in arrays { hash.add(array) }
      return hash.hexadecimal
    }
    #expect(hash(["ab", "c"], []) != hash(["a", "bc"], []))
    #expect(hash([], [[1, 2], [3]]) != hash([], [[1], [2, 3]]))
  }
}
