import Foundation
import PruneCore
import SwiftProtobuf
import Testing

@testable import ONNXFormat

@Suite("round trip")
struct RoundTripTests {
  @Test(
    "a model that was only read and written says the same", arguments: ONNXModelBytes.goldenNames)
  func golden(_ name: String) throws {
    try expectRoundTrip(of: try Locations.goldenBytes(name), named: name)
  }

  @Test(
    "real models", .enabled(if: !Locations.sharedModels.isEmpty, "../shared/data is absent"),
    arguments: Locations.sharedModels)
  func real(_ url: URL) throws {
    try expectRoundTrip(of: [UInt8](try Data(contentsOf: url)), named: url.lastPathComponent)
    let graph = try ONNXReader().read(url)
    #expect(!graph.nodes.isEmpty)
    try GraphValidator().validate(graph)
  }

  @Test(
    "the onnx package finds no difference",
    .enabled(if: Locations.python != nil, "the .venv is absent"),
    arguments: ["everything.onnx", "tensors.onnx", "sparse_presence.onnx", "external.onnx"])
  func python(_ name: String) throws {
    let python = try #require(Locations.python)
    try withTemporaryFolder { folder in
      let copy = folder.appending(path: name)
      try ONNXWriter().write(try ONNXReader().read(Locations.golden(name)), to: copy)
      let process = Process()
      process.executableURL = python
      process.arguments = [
        Locations.golden("compare_models.py").path, Locations.golden(name).path, copy.path,
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }

  @Test func secondTripIsIdentical() throws {
    let first = try ONNXWriter().encode(
      try ONNXReader().read(try Locations.goldenBytes("everything.onnx")))
    #expect(try ONNXWriter().encode(try ONNXReader().read(first)) == first)
  }

  @Test func modelledFieldsAreNotOpaque() throws {
    let graph = try ONNXReader().read(try Locations.goldenBytes("tensors.onnx"))
    #expect(graph.initializers.allSatisfy { $0.opaque.isEmpty })
    #expect(graph.nodes.allSatisfy { $0.opaque.isEmpty })
    #expect(graph.inputs.allSatisfy { $0.opaque.isEmpty })
    #expect(graph.opaque.isEmpty)
  }

  @Test func changesAreWritten() throws {
    var graph = try ONNXReader().read(try Locations.goldenBytes("sparse_presence.onnx"))
    graph.name = "renamed"
    graph.model.opsets[0].version = 9
    graph.model.producerName = "me"
    graph.nodes[0].attributes[0].value = .int(4)
    graph.nodes[0].attributes[1].value = .ints([1])
    graph.inputs[0].shape = [.fixed(2), .fixed(3)]
    graph.initializers[0].tensor = HostTensor([1, 2] as [Float], shape: [2])
    let read = try ONNXReader().read(try ONNXWriter().encode(graph))
    #expect(read.name == "renamed")
    #expect(read.opset == 9)
    #expect(read.model.producerName == "me")
    #expect(read.nodes[0].attributes[0].value == .int(4))
    #expect(read.nodes[0].attributes[1].value == .ints([1]))
    #expect(read.inputs[0].shape == [.fixed(2), .fixed(3)])
    #expect(read.initializers[0].tensor == HostTensor([1, 2] as [Float], shape: [2]))
    #expect(read.initializers[0].encoding == .typed)
  }

  @Test func denotationsSurviveAChangeOfShape() throws {
    var graph = try ONNXReader().read(try Locations.goldenBytes("everything.onnx"))
    graph.inputs[0].shape = [.symbolic("M"), .fixed(3)]
    let bytes = try ONNXWriter().encode(graph)
    let proto = try Onnx_ModelProto(serializedBytes: bytes)
    let type = proto.graph.input[0].type
    #expect(type.tensorType.shape.dim[0].dimParam == "M")
    #expect(!type.tensorType.shape.dim[0].unknownFields.data.isEmpty)
    #expect(!type.unknownFields.data.isEmpty)
  }

  @Test func aGraphBuiltInSwiftReadsBack() throws {
    let graph = Graph(
      name: "built", inputs: [ValueInfo(name: "x", shape: [.symbolic("N"), .fixed(2)])],
      outputs: [ValueInfo(name: "y", shape: [.symbolic("N"), .unknown])],
      nodes: [
        Node(
          "Gemm", name: "g", inputs: ["x", "w"], outputs: ["y"],
          attributes: [
            Attribute("alpha", .float(0)), Attribute("transB", .int(0)),
            Attribute("empty", .ints([])), Attribute("text", .string([])),
          ])
      ],
      initializers: [
        Initializer(name: "w", tensor: HostTensor([1, 2, 3, 4] as [Float], shape: [2, 2]))
      ])
    let read = try ONNXReader().read(try ONNXWriter().encode(graph))
    #expect(read == graph)
  }

  private func expectRoundTrip(of bytes: [UInt8], named name: String) throws {
    let graph = try ONNXReader().read(bytes, named: name)
    let written = try ONNXWriter().encode(graph)
    // Encoded, since NaN differs from itself, and outside of the expectation, which would print whole models.
    let before: [UInt8] = try Onnx_ModelProto(serializedBytes: bytes).serializedBytes()
    let isSame = before == written
    #expect(isSame, "\(name) changed")
  }
}
