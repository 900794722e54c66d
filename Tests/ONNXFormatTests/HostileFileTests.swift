import Foundation
import PruneCore
import Testing

@testable import ONNXFormat

@Suite("hostile files")
struct HostileFileTests {
  static let mistaken: [(start: String, word: String)] = [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "git lfs pull"),
    ("<!DOCTYPE html><html>", "web page"), ("{\"model\": 1}", "text"),
    ("hello", "text"), ("label,x\n1,2\n", "text"), ("PK\u{3}\u{4}rest", "ZIP"),
    ("SQLite format 3\0", "SQLite"), ("%PDF-1.4", "PDF"), ("\0\0\0\0\0\0\0\0\0\0", "zero bytes"),
  ]

  @Test("says what a mistaken file looks like", arguments: mistaken)
  func mistakenFiles(_ start: String, _ word: String) {
    let error = #expect(throws: ONNXError.self) { try ONNXReader().read(Array(start.utf8)) }
    guard case .notAModel(_, let looksLike)? = error else {
      Issue.record("expected notAModel, got \(String(describing: error))")
      return
    }
    #expect(looksLike.contains(word))
  }

  @Test func binarySignatures() {
    for (bytes, word) in [
      ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], "PNG"), ([0x1F, 0x8B, 8, 0], "gzip"),
      ([0x89, 0x48, 0x44, 0x46], "HDF5"), ([0x1C, 0, 0, 0] + Array("TFL3".utf8), "Lite"),
      ([16, 0, 0, 0, 0, 0, 0, 0] + Array("{}".utf8), "safetensors"),
    ] as [([UInt8], String)] {
      let error = #expect(throws: ONNXError.self) { try ONNXReader().read(bytes) }
      #expect(error?.description.contains(word) == true)
    }
  }

  @Test func emptyAndIncomplete() {
    #expect(throws: ONNXError.empty(file: "model")) { try ONNXReader().read([]) }
    #expect(throws: ONNXError.missingField(file: "model", field: "graph")) {
      try ONNXReader().read([8, 7])
    }
    #expect(throws: ONNXError.missingField(file: "model", field: "ir_version")) {
      try ONNXReader().read([0x3A, 0])
    }
  }

  @Test func truncationNamesTheField() throws {
    let bytes = try Locations.goldenBytes("everything.onnx")
    let error = #expect(throws: ONNXError.self) {
      try ONNXReader().read(Array(bytes.prefix(bytes.count / 2)), named: "half.onnx")
    }
    guard case .truncated("half.onnx", "graph", _, _, _)? = error else {
      Issue.record("expected truncated, got \(String(describing: error))")
      return
    }
  }

  @Test func textThatIsNotUTF8() {
    let node = ONNXModelBytes.field(1, ONNXModelBytes.field(4, [0xFF, 0xFE]))
    #expect(throws: ONNXError.notUTF8(file: "model", field: "graph.node.op_type", offset: 6)) {
      try ONNXReader().read(ONNXModelBytes.model(graph: node))
    }
  }

  @Test func deepNestingEndsInAnError() {
    var graph: [UInt8] = []
    for _ in 0..<200 {
      graph = ONNXModelBytes.field(1, ONNXModelBytes.field(5, ONNXModelBytes.field(6, graph)))
    }
    let error = #expect(throws: ONNXError.self) {
      try ONNXReader().read(ONNXModelBytes.model(graph: graph))
    }
    guard case .nestedTooDeeply? = error else {
      Issue.record("expected nestedTooDeeply, got \(String(describing: error))")
      return
    }
  }

  @Test("as deep as the limit allows still reads and writes")
  func nestingBelowTheLimit() throws {
    var graph: [UInt8] = []
    for _ in 0..<32 {
      let attribute = ONNXModelBytes.field(1, Array("g".utf8)) + ONNXModelBytes.number(20, 5)
      graph = ONNXModelBytes.field(
        1, ONNXModelBytes.field(5, attribute + ONNXModelBytes.field(6, graph)))
    }
    let bytes = ONNXModelBytes.model(graph: graph)
    let read = try ONNXReader().read(bytes)
    #expect(try ONNXReader().read(try ONNXWriter().encode(read)) == read)
  }

  @Test("a flood of empty records is refused before it fills the memory")
  func flood() {
    let nodes = [UInt8](repeating: 0, count: 4 << 20).enumerated().map {
      $0.offset % 2 == 0 ? UInt8(0x0A) : 0
    }
    let error = #expect(throws: ONNXError.self) {
      try ONNXReader().read(ONNXModelBytes.model(graph: nodes))
    }
    guard case .tooManyRecords? = error else {
      Issue.record("expected tooManyRecords, got \(String(describing: error))")
      return
    }
  }

  @Test func wireErrors() {
    for (bytes, words) in [
      ([8, 7, 0x3B], "wire type 3"), ([8, 7, 0x02, 0x00], "field number 0"),
      ([8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "10 bytes"),
      ([8, 7, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "announces"),
      ([8, 7, 0x3A], "cut off"), ([8, 7, 0x5D, 1], "announces 4"),
    ] as [([UInt8], String)] {
      let error = #expect(throws: ONNXError.self) { try ONNXReader().read(bytes) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
  }

  @Test func missingFilesAndFolders() throws {
    try withTemporaryFolder { folder in
      let missing = #expect(throws: ONNXError.self) {
        try ONNXReader().read(folder.appending(path: "none.onnx"))
      }
      #expect(missing?.description.contains("No such file") == true)
      let isFolder = #expect(throws: ONNXError.self) { try ONNXReader().read(folder) }
      #expect(isFolder?.description.contains("folder") == true)
      let device = #expect(throws: ONNXError.self) {
        try ONNXReader().read(URL(filePath: "/dev/zero"))
      }
      #expect(device?.description.contains("device") == true)
    }
  }

  @Test func tooLarge() throws {
    let url = Locations.golden("everything.onnx")
    let error = #expect(throws: ONNXError.self) { try ONNXReader(sizeLimitBytes: 100).read(url) }
    guard case .tooLarge? = error else {
      Issue.record("expected tooLarge, got \(String(describing: error))")
      return
    }
  }
}
