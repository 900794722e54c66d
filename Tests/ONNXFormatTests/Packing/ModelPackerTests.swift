import Foundation
import PruneCore
import PruneSupport
import Testing

@testable import ONNXFormat

@Suite("packing")
struct ModelPackerTests {
  @Test("golden models come back byte for byte", arguments: ONNXModelBytes.goldenNames)
  func golden(_ name: String) throws {
    _ = try roundTrip(of: try Locations.goldenBytes(name))
  }

  @Test(
    "real models come back byte for byte",
    .enabled(if: !smallSharedModels.isEmpty, "../shared/data is absent"),
    arguments: smallSharedModels)
  func real(_ url: URL) throws {
    _ = try roundTrip(of: [UInt8](try Data(contentsOf: url)))
  }

  /// Models of less than half a megabyte.
  private static let smallSharedModels = Locations.sharedModels.filter { url in
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    return (attributes?[.size] as? Int).map { $0 < 1 << 19 } ?? false
  }

  @Test("stores little more than the entropy", arguments: [0.5, 0.9, 0.99])
  func ratio(_ sparsity: Double) throws {
    let count = 40_000
    let bytes = try Self.model(count: count, sparsity: sparsity)
    let sizes = try roundTrip(of: bytes)
    let density = 1 - sparsity
    let positionBits = -(density * log2(density) + sparsity * log2(sparsity))
    // A Gaussian weight has 24 random bits and an exponent of about 2.6.
    let entropyBytes = Double(count) * (positionBits + density * 27) / 8
    #expect(Double(sizes.packedBytes) < 1.06 * entropyBytes + 400)
    #expect(sizes.modelBytes == bytes.count)
  }

  @Test func sizeIsPredicted() throws {
    let bytes = try Self.model(count: 1000, sparsity: 0.8)
    #expect(try ModelPacker().packedByteCount(of: bytes) == (try roundTrip(of: bytes)).packedBytes)
  }

  @Test("any cut ends in an error and leaves no file")
  func truncation() throws {
    let packed = try Self.packed(try Self.model(count: 200, sparsity: 0.5))
    for length in stride(from: 0, to: packed.count, by: 3) {
      expectRefusal(of: Array(packed.prefix(length)))
    }
  }

  @Test("any damaged byte ends in an error")
  func damage() throws {
    let packed = try Self.packed(try Self.model(count: 200, sparsity: 0.5))
    for position in packed.indices {
      var bytes = packed
      bytes[position] ^= 0x41
      expectRefusal(of: bytes)
    }
  }

  @Test("sizes that no record can have are refused before memory is taken")
  func hostileSizes() throws {
    let header = PackageFormat.magic + [1]
    let large: [UInt8] = [0, 0, 0, 0x40, 0, 0, 0, 0]
    let most: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
    for bytes in [
      header + [UInt8](repeating: 0xFF, count: 8),
      header + large + [0] + most + most,
      header + large + [4] + [0, 0, 0x40, 0] + most + most,
      header + large + [4] + [0, 0, 0x40, 0] + [1, 0, 0, 0] + most,
      header + large + [3] + [0, 0, 0x30, 0],
      header + large + [255] + [0, 0, 0, 0],
      PackageFormat.magic + [2] + large,
    ] { expectRefusal(of: bytes) }
  }

  @Test func trailingBytes() throws {
    expectRefusal(of: try Self.packed(try Self.model(count: 100, sparsity: 0)) + [0])
  }

  @Test("messages say what to do")
  func messages() throws {
    try withTemporaryFolder { folder in
      let model = folder.appending(path: "m.onnx")
      try Data(try Self.model(count: 100, sparsity: 0)).write(to: model)
      let foreign = #expect(throws: ONNXError.self) {
        try ModelPacker().unpack(model, to: folder.appending(path: "x"))
      }
      #expect(foreign?.description.contains("autoprune pack") == true)
      let package = folder.appending(path: "m.apz")
      try ModelPacker().pack(model, to: package)
      let reading = #expect(throws: ONNXError.self) { try ONNXReader().read(package) }
      #expect(reading?.description.contains("autoprune unpack") == true)
      let again = #expect(throws: ONNXError.self) {
        try ModelPacker().pack(package, to: folder.appending(path: "y"))
      }
      #expect(again?.description.contains("autoprune unpack") == true)
      let external = #expect(throws: ONNXError.self) {
        try ModelPacker().pack(Locations.golden("external.onnx"), to: package)
      }
      #expect(
        external
          == .badPackage(file: Locations.golden("external.onnx").path, problem: .externalData))
    }
  }

  @Test("words of every width and any gaps are joined again", arguments: [1, 2, 4, 8])
  func planes(_ width: Int) {
    var generator = SeededGenerator(seed: UInt64(width))
    for (words, density) in [(0, 1.0), (1, 0), (700, 0), (700, 1), (3000, 0.003), (900, 0.4)] {
      var bytes = [UInt8](repeating: 0, count: words * width)
      for word in 0..<words where generator.uniform() < density {
        for byte in 0..<width {
          bytes[word * width + byte] = UInt8.random(in: 1...255, using: &generator)
        }
      }
      let split = bytes.withUnsafeBytes { WordPlanes($0, wordBytes: width) }
      #expect(split.bytes(words: words) == bytes)
      #expect(split.gaps.count <= WordPlanes.gapBound(words: words, nonzero: split.nonzeroCount))
    }
  }

  @Test func foreignGapsAreRefused() {
    let plane: [[UInt8]] = [[1, 2]]
    for gaps in [[0], [0, 0, 0], [255, 255, 0, 0], [5, 5], [0, 255]] as [[UInt8]] {
      #expect(WordPlanes(gaps: gaps, planes: plane).bytes(words: 4) == nil)
    }
    #expect(WordPlanes(gaps: [], planes: plane).bytes(words: 4) == nil)
    #expect(WordPlanes(gaps: [], planes: [[1], []]).bytes(words: 1) == nil)
    #expect(WordPlanes(gaps: [1, 1], planes: plane).bytes(words: 4) == [0, 128, 0, 1])
  }

  private func roundTrip(of bytes: [UInt8]) throws -> ModelPacker.Sizes {
    try withTemporaryFolder { folder in
      let model = folder.appending(path: "m.onnx")
      let package = folder.appending(path: "m.apz")
      let copy = folder.appending(path: "copy.onnx")
      try Data(bytes).write(to: model)
      let sizes = try ModelPacker().pack(model, to: package)
      #expect(try ModelPacker().unpack(package, to: copy) == sizes)
      let isSame = [UInt8](try Data(contentsOf: copy)) == bytes
      #expect(isSame)
      #expect(try Data(contentsOf: package).count == sizes.packedBytes)
      return sizes
    }
  }

  private func expectRefusal(of package: [UInt8], _ location: SourceLocation = #_sourceLocation) {
    do {
      try withTemporaryFolder { folder in
        let url = folder.appending(path: "p.apz")
        let copy = folder.appending(path: "copy.onnx")
        try Data(package).write(to: url)
        let error = #expect(throws: ONNXError.self, sourceLocation: location) {
          try ModelPacker().unpack(url, to: copy)
        }
        guard case .badPackage? = error else {
          Issue.record("\(String(describing: error))", sourceLocation: location)
          return
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == ["p.apz"], sourceLocation: location)
      }
    } catch { Issue.record(error, sourceLocation: location) }
  }

  static func packed(_ model: [UInt8]) throws -> [UInt8] {
    let encoder = try PackageEncoder(model, file: "m")
    var bytes: [UInt8] = []
    for part in encoder.parts { bytes += try encoder.encode(part) }
    return bytes
  }

  /// `y = x · w`, `w` of `count` Gaussian weights of which a share is zero.
  static func model(count: Int, sparsity: Double) throws -> [UInt8] {
    try ONNXWriter().encode(graph(count: count, sparsity: sparsity))
  }

  static func graph(count: Int, sparsity: Double) -> Graph {
    var generator = SeededGenerator(seed: 3)
    let columns = 20
    let weights = (0..<count).map { _ -> Float in
      let gaussian = (0..<12).reduce(-6) { sum, _ in sum + generator.uniform() }
      return generator.uniform() < sparsity ? 0 : Float(0.05 * gaussian)
    }
    return Graph(
      name: "packed",
      inputs: [ValueInfo(name: "x", shape: [.symbolic("N"), .fixed(count / columns)])],
      outputs: [ValueInfo(name: "y", shape: [.symbolic("N"), .fixed(columns)])],
      nodes: [Node("MatMul", name: "m", inputs: ["x", "w"], outputs: ["y"])],
      initializers: [
        Initializer(name: "w", tensor: HostTensor(weights, shape: [count / columns, columns]))
      ])
  }
}
