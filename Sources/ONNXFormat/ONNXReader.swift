public import Foundation
public import PruneCore
import SwiftProtobuf

/// Reads ONNX models, IR version 3 and up.
///
/// All content of a file is kept in the graph, for ``ONNXWriter`` to write back. A hostile file throws
/// an ``ONNXError``, and takes no more memory than 100 times its size plus 64 MiB. ``GraphValidator``
/// checks the meaning of the graph.
///
/// - Source: [ONNX IR](https://github.com/onnx/onnx/blob/main/docs/IR.md).
public struct ONNXReader: Sendable {
  private let sizeLimitBytes: Int

  /// A reader for files of up to 2 GiB, protobuf's limit; external data is not counted.
  public init() { self.init(sizeLimitBytes: ONNXWriter.protobufLimitBytes) }

  init(sizeLimitBytes: Int) { self.sizeLimitBytes = sizeLimitBytes }

  /// Reads a model and the external data beside it.
  ///
  /// External data has to lie in the model's folder or below, also after following symbolic links.
  public func read(_ url: URL) throws(ONNXError) -> Graph {
    let path = url.path
    guard url.isFileURL else {
      throw .unreadable(file: url.absoluteString, reason: "it is no local file")
    }
    let folder = url.deletingLastPathComponent().path
    return try read(
      try contents(of: path), file: path, external: ExternalDataFolder(path: folder, file: path))
  }

  /// Reads a model without external data.
  /// - Parameter name: name of the model in error messages.
  public func read(_ bytes: [UInt8], named name: String = "model") throws(ONNXError) -> Graph {
    try read(bytes, file: name, external: ExternalDataFolder(path: nil, file: name))
  }

  private func read(
    _ bytes: consuming [UInt8], file: String, external: ExternalDataFolder
  ) throws(ONNXError) -> Graph {
    let allowance = SparseAllowance.bytes(fileBytes: bytes.count)
    var proto = try decode(bytes, file: file)
    var decoder = GraphDecoder(
      file: file, folder: external, sparseAllowanceBytes: allowance)
    return try decoder.model(taking: &proto)
  }

  func contents(of path: String) throws(ONNXError) -> [UInt8] {
    let size: Int
    let bytes: [UInt8]
    do throws(RegularFile.Refusal) {
      let source = try RegularFile(path: path)
      size = source.sizeBytes
      bytes = try source.bytes(in: 0..<(size > sizeLimitBytes ? min(size, 4096) : size))
    } catch {
      throw .unreadable(file: path, reason: error.reason)
    }
    guard size > sizeLimitBytes else { return bytes }
    if let signature = bytes.withUnsafeBytes({ FileSignature.description(of: $0) }) {
      throw .notAModel(file: path, looksLike: signature)
    }
    throw .tooLarge(file: path, sizeBytes: size, limitBytes: sizeLimitBytes)
  }

  func decode(_ bytes: [UInt8], file: String) throws(ONNXError) -> Onnx_ModelProto {
    guard !bytes.isEmpty else { throw .empty(file: file) }
    if let signature = bytes.withUnsafeBytes({ FileSignature.description(of: $0) }) {
      throw .notAModel(file: file, looksLike: signature)
    }
    do throws(ONNXError) {
      try bytes.withRawBytes { raw throws(ONNXError) in try WireScanner.check(raw, file: file) }
      let proto = try message(bytes, file: file)
      guard proto.hasGraph else { throw ONNXError.missingField(file: file, field: "graph") }
      guard proto.hasIrVersion else {
        throw ONNXError.missingField(file: file, field: "ir_version")
      }
      return proto
    } catch {
      if let guess = bytes.withUnsafeBytes({ FileSignature.guess(of: $0) }) {
        throw .notAModel(file: file, looksLike: guess)
      }
      throw error
    }
  }

  private func message(_ bytes: [UInt8], file: String) throws(ONNXError) -> Onnx_ModelProto {
    do {
      return try Onnx_ModelProto(serializedBytes: bytes, partial: true, options: .onnx)
    } catch {
      throw .malformed(
        file: file, field: "model", offset: 0, reason: "cannot be decoded (\(error))")
    }
  }
}
