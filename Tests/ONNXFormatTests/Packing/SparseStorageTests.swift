import Foundation
import PruneCore
import Testing

@testable import ONNXFormat

@Suite("sparse initializers")
struct SparseStorageTests {
  @Test("mostly zero weights are stored sparse and read back the same", arguments: [0.0, 0.6, 0.9])
  func roundTrip(_ sparsity: Double) throws {
    let graph = ModelPackerTests.graph(count: 2000, sparsity: sparsity)
    let stored = graph.storingSparse()
    let bytes = try ONNXWriter().encode(stored)
    let dense = try ONNXWriter().encode(graph)
    let read = try ONNXReader().read(bytes)
    let isSame = read == stored
    #expect(isSame)
    #expect(read.initializers[0].tensor == graph.initializers[0].tensor)
    #expect(try ONNXWriter().encode(read) == bytes)
    let isSparse = read.initializers[0].encoding == .sparse(isTyped: false)
    #expect(isSparse == (sparsity > 0.67))
    #expect((bytes.count < dense.count) == isSparse)
  }

  @Test("a sparse initializer is no input and needs IR 6")
  func oldModel() {
    var graph = ModelPackerTests.graph(count: 2000, sparsity: 0.9)
    graph.model.irVersion = 3
    graph.inputs.append(ValueInfo(name: "w", shape: [.fixed(100), .fixed(20)]))
    let stored = graph.storingSparse()
    #expect(stored.inputs.map(\.name) == ["x"])
    #expect(stored.model.irVersion == 6)
    #expect(stored.dataInputs == graph.dataInputs)
  }

  @Test("a stored sparse model is readable, however sparse it is")
  func extreme() throws {
    var graph = ModelPackerTests.graph(count: 20, sparsity: 1)
    graph.initializers = (0..<12).map { index in
      Initializer(name: "w\(index)", tensor: .zeros([1 << 10, 1 << 10]))
    }
    let stored = graph.storingSparse()
    let read = try ONNXReader().read(try ONNXWriter().encode(stored))
    #expect(read.initializers.count == 12)
    #expect(stored.initializers.contains { $0.encoding == .sparse(isTyped: false) })
  }

  @Test(
    "onnxruntime runs it with the same result",
    .enabled(if: Locations.python != nil, "the .venv is absent"))
  func onnxruntime() throws {
    let python = try #require(Locations.python)
    try withTemporaryFolder { folder in
      let graph = ModelPackerTests.graph(count: 2000, sparsity: 0.9)
      let dense = folder.appending(path: "dense.onnx")
      let sparse = folder.appending(path: "sparse.onnx")
      try ONNXWriter().write(graph, to: dense)
      try ModelPacker().storeSparse(dense, to: sparse)
      let process = Process()
      process.executableURL = python
      process.arguments = [Locations.golden("compare_sparse.py").path, dense.path, sparse.path]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }

  @Test("indices per axis, as the format allows them, mean the same")
  func indicesPerAxis() throws {
    let bytes = Self.model(values: 2, indices: [1, 2, 0, 1], indexShape: [2, 2], dims: [2, 3])
    let read = try ONNXReader().read(bytes)
    let values: [Float] = [0, 1.5, 0, 0, 0, 1.5]
    #expect(read.initializers[0].tensor == HostTensor(values, shape: [2, 3]))
  }

  @Test("parts that do not fit are refused")
  func hostile() {
    for (values, indices, indexShape, dims, words) in [
      (1, [6], [1], [2, 3], "index 6"), (1, [-1], [1], [2, 3], "index -1"),
      (2, [0], [1], [2, 3], "indices of shape"), (1, [0, 3], [1, 2], [2, 3], "on axis 1"),
      (1, [0], [1], [1 << 20, 1 << 20], "far more"), (1, [0], [1], [-1], "extent -1"),
      (1, [0], [1], [1 << 40, 1 << 40], "more elements"),
    ] as [(Int, [Int64], [Int64], [Int64], String)] {
      let error = #expect(throws: ONNXError.self) {
        try ONNXReader().read(
          Self.model(values: values, indices: indices, indexShape: indexShape, dims: dims))
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
  }

  /// A model with one sparse initializer of equal values.
  private static func model(
    values: Int, indices: [Int64], indexShape: [Int64], dims: [Int64]
  ) -> [UInt8] {
    func tensor(_ type: UInt64, _ shape: [Int64], _ raw: [UInt8], name: String) -> [UInt8] {
      shape.flatMap { ONNXModelBytes.number(1, UInt64(bitPattern: $0)) }
        + ONNXModelBytes.number(2, type) + ONNXModelBytes.field(8, Array(name.utf8))
        + ONNXModelBytes.field(9, raw)
    }
    let floats = (0..<values).flatMap { _ in
      withUnsafeBytes(of: Float(1.5).bitPattern.littleEndian) { Array($0) }
    }
    let positions = indices.flatMap { index in
      withUnsafeBytes(of: index.littleEndian) { Array($0) }
    }
    let sparse =
      ONNXModelBytes.field(1, tensor(1, [Int64(values)], floats, name: "w"))
      + ONNXModelBytes.field(2, tensor(7, indexShape, positions, name: ""))
      + dims.flatMap { ONNXModelBytes.number(3, UInt64(bitPattern: $0)) }
    return ONNXModelBytes.model(graph: ONNXModelBytes.field(15, sparse))
  }
}
