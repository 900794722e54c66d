import Foundation
import PruneCore
import Testing

@testable import ONNXFormat

@Suite("ONNXWriter")
struct ONNXWriterTests {
  private let graph = Graph(
    name: "g", nodes: [Node("Identity", inputs: ["w"], outputs: ["y"])],
    initializers: [Initializer(name: "w", tensor: .zeros([1000]))])

  @Test func leavesNothingBesideTheModel() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "m.onnx")
      try ONNXWriter().write(graph, to: url)
      try ONNXWriter().write(graph, to: url)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.onnx"])
      #expect(try ONNXReader().read(url) == graph)
    }
  }

  @Test func aFailureKeepsWhatWasThere() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "m.onnx")
      try ONNXWriter().write(graph, to: url)
      var broken = graph
      broken.opaque = [0xFF]
      #expect(throws: ONNXError.self) { try ONNXWriter().write(broken, to: url) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.onnx"])
      #expect(try ONNXReader().read(url) == graph)
    }
  }

  @Test func unwritablePlaces() throws {
    try withTemporaryFolder { folder in
      let occupied = folder.appending(path: "file")
      try Data([1]).write(to: occupied)
      let places: [(URL, String)] = [
        (folder.appending(path: "none/m.onnx"), "No such file"),
        (occupied.appending(path: "m.onnx"), "Not a directory"),
        (folder, "folder"), (URL(filePath: "/proc/m.onnx"), "cannot write"),
      ]
      for (url, words) in places {
        let error = #expect(throws: ONNXError.self) { try ONNXWriter().write(graph, to: url) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }
  }

  @Test(
    "a full disk is said",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "/dev/full is absent"))
  func diskFull() {
    let error = #expect(throws: ONNXError.self) {
      try ONNXWriter().write(graph, to: URL(filePath: "/dev/full"))
    }
    #expect(error?.description.contains("No space left") == true)
    #expect(FileManager.default.fileExists(atPath: "/dev/full"))
  }

  @Test func followsASymbolicLink() throws {
    try withTemporaryFolder { folder in
      let target = folder.appending(path: "target.onnx")
      let link = folder.appending(path: "link.onnx")
      try ONNXWriter().write(Graph(name: "old"), to: target)
      try FileManager.default.createSymbolicLink(
        atPath: link.path, withDestinationPath: "target.onnx")
      try ONNXWriter().write(graph, to: link)
      #expect(try ONNXReader().read(target) == graph)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "target.onnx")
    }
  }
}
