public import Foundation
import PruneCore

/// Packs ONNX files losslessly, the smaller the higher the sparsity, and unpacks them byte for byte.
///
/// Positions of non-zero weights are stored as gaps, their bytes by significance, all coded by Zstandard;
/// the rest of the file is coded as it is. A CRC-32 covers the whole file.
public struct ModelPacker: Sendable {
  /// Sizes of a model before and after packing.
  public struct Sizes: Hashable, Sendable, Codable {
    /// Size of the ONNX file.
    public let modelBytes: Int
    /// Size of the package, or of the model stored sparse.
    public let packedBytes: Int

    /// Compression ratio, `modelBytes / packedBytes`.
    public var ratio: Double { Double(modelBytes) / Double(max(1, packedBytes)) }
  }

  /// A packer; it has no state.
  public init() {}

  /// Writes the package of a model.
  /// - Throws: ``ONNXError``, also for a file that is no ONNX model, and
  ///   ``PackageProblem/externalData`` for one that keeps weights in other files.
  @discardableResult
  public func pack(_ model: URL, to package: URL) throws(ONNXError) -> Sizes {
    let bytes = try ONNXReader().contents(of: model.path)
    let encoder = try PackageEncoder(bytes, file: model.path)
    var file = try ModelFile(path: package.path)
    for part in encoder.parts {
      let encoded = try encoder.encode(part)
      try encoded.withRawBytes { raw throws(ONNXError) in try file.write(raw) }
    }
    try file.finish()
    let sizes = Sizes(modelBytes: bytes.count, packedBytes: file.sizeBytes)
    try file.commit()
    return sizes
  }

  /// Size of the package that ``pack(_:to:)`` would write for an encoded model.
  public func packedByteCount(of model: [UInt8]) throws(ONNXError) -> Int {
    let encoder = try PackageEncoder(model, file: "model")
    var count = 0
    for part in encoder.parts { count += try encoder.encode(part).count }
    return count
  }

  /// Writes the model with `Graph.storingSparse()`, for runtimes to read.
  @discardableResult
  public func storeSparse(_ model: URL, to file: URL) throws(ONNXError) -> Sizes {
    let size = try ONNXReader().contents(of: model.path).count
    let graph = try ONNXReader().read(model).storingSparse()
    try ONNXWriter().write(graph, to: file)
    return Sizes(modelBytes: size, packedBytes: try ONNXWriter().encode(graph).count)
  }

  /// Writes the original file of a package, with memory for one record at a time.
  /// - Throws: ``ONNXError/badPackage(file:problem:)`` for a damaged or foreign file; nothing is
  ///   written then.
  @discardableResult
  public func unpack(_ package: URL, to model: URL) throws(ONNXError) -> Sizes {
    var reader = try PackageReader(path: package.path)
    var file = try ModelFile(path: model.path)
    while let bytes = try reader.next() {
      try bytes.withRawBytes { raw throws(ONNXError) in try file.write(raw) }
    }
    try file.finish()
    let sizes = Sizes(modelBytes: reader.originalBytes, packedBytes: reader.packedBytes)
    try file.commit()
    return sizes
  }
}
