import Foundation
import PruneCore
import Testing

@testable import PruneData

@Suite("NPZ and NPY")
struct NPZFileTests {
  @Test(
    "reads what numpy wrote, in every type, byte order and storage order",
    arguments: ["deflated", "stored"])
  func golden(_ name: String) throws {
    let golden = try Golden.load()
    let file = try NPZFile(contentsOf: Golden.folder.appendingPathComponent("\(name).npz"))
    #expect(Set(file.names) == Set(golden.arrays.keys))
    for (array, expected) in golden.arrays {
      let tensor = try #require(file[array])
      #expect(tensor.shape == expected.shape, "\(array)")
      #expect(try values(tensor) == expected.values, "\(array)")
    }
  }

  private func values(_ tensor: HostTensor) throws -> [Double] {
    if case .float64(let values) = tensor.storage { return values }
    if let integers = tensor.integers, !tensor.elementType.isFloatingPoint {
      return integers.map { Double($0) }
    }
    return try #require(tensor.floats).map { Double($0) }
  }

  @Test("reads header versions 1 to 3", arguments: [1, 2, 3])
  func versions(_ version: Int) throws {
    let expected = try #require(try Golden.load().arrays["little_f4"])
    let array = try NumPyArray(
      contentsOf: Golden.folder.appendingPathComponent("version\(version).npy"))
    #expect(array.tensor.shape == expected.shape)
    #expect(try values(array.tensor) == expected.values)
  }

  @Test("reads ZIP64 records")
  func zip64() throws {
    let golden = try Golden.load()
    let file = try NPZFile(contentsOf: Golden.folder.appendingPathComponent("zip64.npz"))
    for name in ["little_f4", "little_i8"] {
      let tensor = try #require(file[name])
      #expect(try values(tensor) == golden.arrays[name]?.values)
    }
  }

  @Test("writes what it reads", arguments: [true, false])
  func roundTrip(_ isCompressed: Bool) throws {
    let scratch = try Scratch()
    let file = try NPZFile(contentsOf: Golden.folder.appendingPathComponent("deflated.npz"))
    let url = scratch.url.appendingPathComponent("copy.npz")
    try file.write(to: url, isCompressed: isCompressed)
    let copy = try NPZFile(contentsOf: url)
    #expect(copy.names == file.names)
    for name in file.names { #expect(copy[name] == file[name], "\(name)") }
    #expect(try file.encoded() == copy.encoded())
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["copy.npz"])
  }

  @Test("names can be set and removed")
  func editing() {
    var file = NPZFile()
    file["a"] = HostTensor([Float(1)], shape: [1])
    file["b"] = HostTensor([Float(2)], shape: [1])
    file["a"] = nil
    #expect(file.names == ["b"])
    #expect(file["a"] == nil)
  }

  @Test("gives the graph's inputs by name")
  func inputs() throws {
    var file = NPZFile()
    file["a"] = HostTensor([Float(1), 2], shape: [1, 2])
    file["b"] = HostTensor([Int64(3)], shape: [1])
    let graph = Graph(inputs: [
      ValueInfo(name: "b", elementType: .int64, shape: [.symbolic("N")]),
      ValueInfo(name: "a", shape: [.fixed(1), .fixed(2)]),
    ])
    #expect(try file.inputs(for: graph).map(\.shape) == [[1], [1, 2]])
    file["b"] = nil
    #expect(message { _ = try file.inputs(for: graph) }.contains("no array 'b'; it holds a"))
    let single = Graph(inputs: [ValueInfo(name: "x", shape: [.symbolic("N"), .fixed(3)])])
    let text = message { _ = try file.inputs(for: single) }
    #expect(text.contains("[1, 2]") && text.contains("[N, 3]"))
  }

  @Test("refuses an unwritable place and leaves nothing behind")
  func unwritable() throws {
    let url = URL(fileURLWithPath: "/nonexistent/folder/out.npz")
    #expect(throws: DataError.self) { try NPZFile().write(to: url) }
  }
}

@Suite("Hostile NPZ and NPY")
struct HostileArrayTests {
  private func npy(_ header: String, payload: Int = 0) -> [UInt8] {
    let text = Array(header.utf8)
    return NumPyHeader.magic + [1, 0] + ByteOrder.littleEndian(UInt16(text.count)) + text
      + [UInt8](repeating: 0, count: payload)
  }

  @Test(
    "says what is wrong with a header",
    arguments: [
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }", "ends early"),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9), }", "countable"
      ),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "no extent"),
      ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "'|O' is not supported"),
      ("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", ".astype"),
      ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "structured"),
      ("{'descr': '<f4', 'shape': (1,), }", "fortran_order"),
      ("{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,), }", "True or False"),
      ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", "no '}'"),
      ("garbage", "no '{'"), ("", "no '{'"),
    ])
  func headers(_ header: String, words: String) {
    let text = message { _ = try NumPyArray(bytes: npy(header), name: "a.npy") }
    #expect(text.hasPrefix("a.npy: ") && text.contains(words), "\(text)")
  }

  @Test("refuses other files, extra bytes and every truncation")
  func damaged() throws {
    #expect(message { _ = try NumPyArray(bytes: [], name: "a") }.contains("ends early"))
    #expect(
      message { _ = try NumPyArray(bytes: Array("not numpy!".utf8), name: "a") }.contains(
        "magic number"))
    let good = try NumPyArray(HostTensor([Float(1), 2, 3], shape: [3])).encoded()
    for length in 0..<good.count {
      #expect(throws: DataError.self) { try NumPyArray(bytes: Array(good[..<length]), name: "a") }
    }
    #expect(message { _ = try NumPyArray(bytes: good + [0], name: "a") }.contains("bytes follow"))
  }

  @Test("refuses a deflate bomb before it takes memory")
  func bomb() throws {
    var file = NPZFile()
    file["x"] = HostTensor(
      shape: [200 << 20], storage: .uint8([UInt8](repeating: 0, count: 200 << 20)))
    let bytes = try file.encoded()
    #expect(bytes.count < 1 << 20)
    #expect(
      message { _ = try NPZFile(bytes: bytes, name: "bomb.npz") }.contains(
        "would take 209715200 bytes"))
  }

  @Test("refuses damaged archives")
  func archives() throws {
    var file = NPZFile()
    file["x"] = HostTensor([Float(1), 2, 3, 4], shape: [4])
    let good = try file.encoded(isCompressed: false)
    #expect(message { _ = try NPZFile(bytes: [], name: "a.npz") }.contains("is empty"))
    #expect(
      message { _ = try NPZFile(bytes: Array(good.dropLast(4)), name: "a.npz") }.contains(
        "cut short"))
    var flipped = good
    let payload = try #require(
      flipped.indices.first { flipped[$0...].starts(with: [0, 0, 128, 63]) })
    flipped[payload] ^= 1
    #expect(message { _ = try NPZFile(bytes: flipped, name: "a.npz") }.contains("checksum"))
  }
}
