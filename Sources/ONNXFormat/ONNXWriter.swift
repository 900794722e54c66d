public import Foundation
public import PruneCore
import SwiftProtobuf

/// Writes ONNX models, with all content that ``ONNXReader`` read and all changes made since.
public struct ONNXWriter: Sendable {
  /// Size limit of a protobuf message.
  static let protobufLimitBytes = Int(Int32.max)
  /// Size from which tensors of a too large model become external; smaller ones are shapes and
  /// biases.
  private static let externalThresholdBytes = 1024

  private let sizeLimitBytes: Int

  /// A writer that moves weights to external data from 2 GiB on.
  public init() { self.init(sizeLimitBytes: Self.protobufLimitBytes) }

  init(sizeLimitBytes: Int) { self.sizeLimitBytes = sizeLimitBytes }

  /// Writes a model, under a temporary name first, so that an existing file survives a failure.
  ///
  /// Tensors that came from external data are written to a file beside the model, named
  /// `<model>.data`; so are all large ones of a model of 2 GiB and more.
  /// - Throws: ``ONNXError/unwritable(file:reason:)``, ``ONNXError/tooLarge(file:sizeBytes:limitBytes:)``.
  public func write(_ graph: Graph, to url: URL) throws(ONNXError) {
    guard url.isFileURL else {
      throw .unwritable(file: url.absoluteString, reason: "it is no local file")
    }
    let path = url.path
    let isTooLarge = graph.tensorBytes >= sizeLimitBytes
    var encoder = GraphEncoder(file: path)
    if isTooLarge || graph.usesExternalData {
      encoder.layout = ExternalDataLayout(
        location: url.lastPathComponent + ".data",
        thresholdBytes: isTooLarge ? Self.externalThresholdBytes : nil)
    }
    var model = try ModelFile(path: path)
    let bytes = try serialized(try encoder.model(graph), file: path)
    try bytes.withRawBytes { raw throws(ONNXError) in try model.write(raw) }
    try model.finish()
    if let layout = encoder.layout, !layout.placements.isEmpty {
      var data = try ModelFile(path: path + ".data")
      try layout.write(to: &data)
      try data.finish()
      try data.commit()
    }
    try model.commit()
  }

  /// Encoded model as one message, external data embedded.
  /// - Throws: ``ONNXError/tooLarge(file:sizeBytes:limitBytes:)``.
  public func encode(_ graph: Graph) throws(ONNXError) -> [UInt8] {
    let name = graph.name.isEmpty ? "model" : graph.name
    var encoder = GraphEncoder(file: name)
    guard graph.tensorBytes < sizeLimitBytes else {
      throw .tooLarge(file: name, sizeBytes: graph.tensorBytes, limitBytes: sizeLimitBytes)
    }
    return try serialized(try encoder.model(graph), file: name)
  }

  private func serialized(
    _ proto: consuming Onnx_ModelProto, file: String
  ) throws(ONNXError) -> [UInt8] {
    do {
      return try proto.serializedBytes(partial: true)
    } catch {
      throw .unwritable(file: file, reason: "the model cannot be encoded (\(error))")
    }
  }
}

extension Graph {
  /// Calls `body` with each stored tensor of the graph and its subgraphs, attributes included.
  private func forEachStoredTensor(_ body: (Initializer) -> Void) {
    initializers.forEach(body)
    for attribute in nodes.lazy.flatMap(\.attributes) {
      switch attribute.value {
      case .tensor(let tensor): body(tensor)
      case .tensors(let tensors): tensors.forEach(body)
      case .graph(let graph): graph.forEachStoredTensor(body)
      case .graphs(let graphs): for graph in graphs { graph.forEachStoredTensor(body) }
      default: break
      }
    }
  }

  /// Size of all stored tensors but strings, in bytes.
  var tensorBytes: Int {
    var total = 0
    forEachStoredTensor {
      total += RawTensorData.byteCount($0.tensor.elementType, shape: $0.tensor.shape) ?? 0
    }
    return total
  }

  var usesExternalData: Bool {
    var isFound = false
    forEachStoredTensor { if case .external = $0.encoding { isFound = true } }
    return isFound
  }
}
