import Foundation
import PruneCore
import Testing

@testable import ONNXFormat

@Suite("external data")
struct ExternalDataTests {
  private struct Golden: Decodable {
    let weight: [Float]
    let bias: [Float]
  }

  @Test func readsWhatNumpyWrote() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: try Data(contentsOf: Locations.golden("external.json")))
    let graph = try ONNXReader().read(Locations.golden("external.onnx"))
    #expect(graph.parameter(named: "weight") == HostTensor(golden.weight, shape: [3, 4]))
    #expect(graph.parameter(named: "bias") == HostTensor(golden.bias, shape: [4]))
    #expect(graph.initializers[0].encoding == .external(location: "external.bin"))
  }

  @Test func writesItBackBesideTheNewModel() throws {
    let graph = try ONNXReader().read(Locations.golden("external.onnx"))
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "small.onnx")
      try ONNXWriter().write(graph, to: url)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["small.onnx", "small.onnx.data"])
      let read = try ONNXReader().read(url)
      #expect(read.initializers.map(\.tensor) == graph.initializers.map(\.tensor))
      #expect(read.initializers[0].encoding == .external(location: "small.onnx.data"))
      try ONNXWriter().write(read, to: url)
      #expect(try ONNXReader().read(url) == read)
    }
  }

  @Test func onlyALargeModelIsSplit() throws {
    let graph = Graph(
      initializers: [
        Initializer(name: "large", tensor: .zeros([1000])),
        Initializer(name: "small", tensor: .zeros([10])),
      ])
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "split.onnx")
      try ONNXWriter(sizeLimitBytes: 4000).write(graph, to: url)
      let read = try ONNXReader().read(url)
      #expect(read.initializers[0].encoding == .external(location: "split.onnx.data"))
      #expect(read.initializers[1].encoding == .raw)
      #expect(read.initializers.map(\.tensor) == graph.initializers.map(\.tensor))
    }
    #expect(throws: ONNXError.self) { try ONNXWriter(sizeLimitBytes: 4000).encode(graph) }
  }

  @Test(
    "paths out of the folder are refused",
    arguments: [
      "../secret.bin", "/etc/passwd", "sub/../../secret.bin", "link.bin", "linked/secret.bin", "..",
    ])
  func escapes(_ location: String) throws {
    try withTemporaryFolder { folder in
      let inside = folder.appending(path: "model")
      try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
      try Data(count: 16).write(to: folder.appending(path: "secret.bin"))
      try FileManager.default.createSymbolicLink(
        atPath: inside.appending(path: "link.bin").path, withDestinationPath: "../secret.bin")
      try FileManager.default.createSymbolicLink(
        atPath: inside.appending(path: "linked").path, withDestinationPath: "..")
      let url = inside.appending(path: "m.onnx")
      try Data(Self.model(["location": location])).write(to: url)
      let error = #expect(throws: ONNXError.self) { try ONNXReader().read(url) }
      #expect(
        error
          == .badExternalData(
            file: url.path, tensor: "w", problem: .outsideFolder(location: location)))
    }
  }

  @Test func badEntries() throws {
    let cases: [([String: String], ExternalDataProblem)] = [
      ([:], .noLocation),
      (["location": "w.bin", "offset": "-1"], .badNumber(key: "offset", value: "-1")),
      (["location": "w.bin", "length": "many"], .badNumber(key: "length", value: "many")),
      (
        ["location": "w.bin", "length": "12"],
        .lengthMismatch(location: "w.bin", expected: 16, got: 12)
      ),
      (
        ["location": "w.bin", "offset": "8"],
        .outOfBounds(location: "w.bin", offset: 8, needed: 16, sizeBytes: 20)
      ),
      (
        ["location": "w.bin", "offset": "\(Int.max)"],
        .outOfBounds(location: "w.bin", offset: .max, needed: 16, sizeBytes: 20)
      ),
    ]
    try withTemporaryFolder { folder in
      try Data(count: 20).write(to: folder.appending(path: "w.bin"))
      let url = folder.appending(path: "m.onnx")
      for (entries, problem) in cases {
        try Data(Self.model(entries)).write(to: url)
        #expect(throws: ONNXError.badExternalData(file: url.path, tensor: "w", problem: problem)) {
          try ONNXReader().read(url)
        }
      }
      try Data(Self.model(["location": "none.bin"])).write(to: url)
      let missing = #expect(throws: ONNXError.self) { try ONNXReader().read(url) }
      #expect(missing?.description.contains("put the file beside the model") == true)
    }
  }

  @Test func bytesAloneHaveNoFolder() throws {
    #expect(
      throws: ONNXError.badExternalData(
        file: "model", tensor: "w", problem: .noFolder(location: "w.bin"))
    ) {
      try ONNXReader().read(Self.model(["location": "w.bin"]))
    }
  }

  @Test("a thousand tensors on the same bytes do not fill the memory")
  func sharing() throws {
    try withTemporaryFolder { folder in
      let sparse = folder.appending(path: "w.bin")
      try Data().write(to: sparse)
      let handle = try FileHandle(forWritingTo: sparse)
      try handle.truncate(atOffset: 8 << 20)
      try handle.close()
      let tensor = Self.tensor(["location": "w.bin"], extent: 2 << 20)
      let url = folder.appending(path: "m.onnx")
      let graph = (0..<100).flatMap { _ in ONNXModelBytes.field(5, tensor) }
      try Data(ONNXModelBytes.model(graph: graph)).write(to: url)
      let error = #expect(throws: ONNXError.self) { try ONNXReader().read(url) }
      guard case .badExternalData(_, _, .tooMuch)? = error else {
        Issue.record("expected tooMuch, got \(String(describing: error))")
        return
      }
    }
  }

  private static func tensor(_ entries: [String: String], extent: UInt64 = 4) -> [UInt8] {
    ONNXModelBytes.number(1, extent) + ONNXModelBytes.number(2, 1)
      + ONNXModelBytes.field(8, Array("w".utf8)) + ONNXModelBytes.number(14, 1)
      + entries.flatMap { key, value in
        ONNXModelBytes.field(
          13,
          ONNXModelBytes.field(1, Array(key.utf8)) + ONNXModelBytes.field(2, Array(value.utf8)))
      }
  }

  private static func model(_ entries: [String: String]) -> [UInt8] {
    ONNXModelBytes.model(tensor: tensor(entries))
  }
}
