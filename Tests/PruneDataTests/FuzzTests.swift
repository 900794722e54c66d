import Foundation
import PruneCore
import PruneSupport
import Testing

@testable import PruneData

/// Thousands of damaged files: every one is read or refused with a ``DataError``, none crashes.
@Suite("Damaged files")
struct FuzzTests {
  private static let mutations = 2500

  /// Flips, overwrites, deletes, repeats or cuts a few bytes.
  private func mutate(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var result = bytes
    for _ in 0...Int(generator.next() % 4) where !result.isEmpty {
      let position = Int(generator.next() % UInt64(result.count))
      switch generator.next() % 6 {
      case 0: result[position] ^= 1 << UInt8(generator.next() % 8)
      case 1: result[position] = [0, 0xFF, 0x7F, 0x80, 0x22, 0x2C][Int(generator.next() % 6)]
      case 2:
        result.removeSubrange(position..<min(result.count, position + Int(generator.next() % 9)))
      case 3:
        result.insert(
          contentsOf: result[position...].prefix(Int(generator.next() % 17)), at: position)
      case 4: result.removeLast(result.count - position)
      default:
        for index in position..<min(result.count, position + 4) { result[index] = 0xFF }
      }
    }
    return result
  }

  private func run(_ seed: [UInt8], stream: String, _ read: ([UInt8]) throws -> Void) throws {
    try read(seed)
    var generator = SeededGenerator(seed: 1, stream: stream)
    var refused = 0
    for _ in 0..<Self.mutations {
      do {
        try read(mutate(seed, &generator))
      } catch let error as DataError {
        refused += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(refused > 0)
  }

  @Test("NPZ", arguments: [true, false])
  func npz(_ isCompressed: Bool) throws {
    var file = NPZFile()
    file["x"] = HostTensor((0..<60).map { Float($0) }, shape: [10, 6])
    file["y"] = HostTensor(shape: [10], storage: .uint8((0..<10).map { UInt8($0 % 3) }))
    try run(try file.encoded(isCompressed: isCompressed), stream: "npz \(isCompressed)") {
      _ = try NPZFile(bytes: $0, name: "a.npz")
    }
  }

  @Test("NPY")
  func npy() throws {
    let array = NumPyArray(HostTensor((0..<20).map { Float($0) }, shape: [4, 5]))
    try run(try array.encoded(), stream: "npy") { _ = try NumPyArray(bytes: $0, name: "a.npy") }
  }

  private func readIDX(_ bytes: [UInt8]) throws {
    var allowance = MemoryAllowance(file: "a", fileBytes: bytes.count)
    let tensor = try IDXFile.read(bytes, file: "a", allowance: &allowance)
    _ = try ArrayParts.column(
      tensor, name: nil, file: "a", options: DataOptions(), allowance: &allowance)
  }

  @Test("IDX")
  func idx() throws {
    try run(Sample.idx([6, 4, 3], (0..<72).map { UInt8($0) }), stream: "idx", readIDX)
  }

  /// `gzip` of `Sample.idx([6, 4, 3], …)`, made with Python 3.11's `gzip.compress(…, mtime=0)`.
  private static let gzipped: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 99, 96, 224, 96, 102, 96, 96, 96, 3, 98, 22, 32, 102, 102,
    96, 100, 98, 102, 97, 101, 99, 231, 224, 228, 226, 230, 225, 229, 227, 23, 16, 20, 18, 22,
    17, 21, 19, 151, 144, 148, 146, 150, 145, 149, 147, 87, 80, 84, 82, 86, 81, 85, 83, 215,
    208, 212, 210, 214, 209, 213, 211, 55, 48, 52, 50, 54, 49, 53, 51, 183, 176, 180, 178, 182,
    177, 181, 179, 119, 112, 116, 114, 118, 113, 117, 115, 7, 0, 111, 203, 234, 62, 88, 0, 0, 0,
  ]

  @Test("IDX, gzipped")
  func gzip() throws {
    try run(Self.gzipped, stream: "idx.gz", readIDX)
  }

  @Test("CSV")
  func csv() throws {
    let text =
      "width,height,class\n"
      + (0..<20).map { "\($0).5,\($0 * 3)e-1,\"kind \($0 % 3)\"\r\n" }.joined()
    try run(Array(text.utf8), stream: "csv") {
      let table = try CSVTable($0, file: "a.csv")
      _ = try table.examples(classes: table.classNames, options: DataOptions())
    }
  }

  @Test("PNG and JPEG", arguments: ["rgb.png", "gray.png", "rgb.jpg", "gray.jpg"])
  func images(_ name: String) throws {
    let bytes = try FileContents.read(Golden.folder.appendingPathComponent(name))
    try run(bytes, stream: name) { _ = try RasterImage($0, file: name) }
  }
}
