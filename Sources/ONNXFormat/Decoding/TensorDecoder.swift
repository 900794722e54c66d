import Foundation
import PruneCore

/// Decoder from a `TensorProto` to an ``Initializer``; shape, type and payload are compared before
/// anything is allocated for them.
struct TensorDecoder {
  /// Largest product of the non-zero extents; larger ones overflow arithmetic elsewhere, even beside
  /// an extent of 0.
  private static let elementLimit: Int64 = 1 << 48

  let file: String
  /// Name of the tensor in error messages.
  let label: String

  func initializer(
    from proto: Onnx_TensorProto, external folder: inout ExternalDataFolder
  ) throws(ONNXError) -> Initializer {
    guard !proto.hasSegment else { throw failure(.segmented) }
    guard let type = ElementType(rawValue: proto.dataType) else {
      throw failure(.unknownElementType(proto.dataType))
    }
    let shape = try shape(proto.dims)
    var rest = proto
    rest.dims = []
    rest.clearDataType()
    if !proto.name.isEmpty { rest.clearName() }
    if !proto.docString.isEmpty { rest.clearDocString() }
    let storage: HostTensor.Storage
    let encoding: Initializer.Encoding
    if proto.dataLocation == 1 {
      storage = try external(type, shape: shape, entries: proto.externalData, folder: &folder)
      encoding = .external(location: proto.externalData.last { $0.key == "location" }?.value ?? "")
      rest.clearDataLocation()
      rest.externalData.removeAll { ExternalDataEntry.keys.contains($0.key) }
    } else if proto.hasRawData, !proto.rawData.isEmpty || proto.typedField == nil {
      if let field = proto.typedField { throw failure(.wrongField(type: type, field: field)) }
      storage = try raw(type, shape: shape, bytes: proto.rawData)
      encoding = .raw
      rest.clearRawData()
    } else {
      storage = try typed(type, shape: shape, proto: proto)
      encoding = .typed
      rest.clearTypedData()
    }
    return Initializer(
      name: proto.name, tensor: HostTensor(shape: shape, storage: storage), encoding: encoding,
      documentation: proto.docString, opaque: try rest.opaqueBytes(file: file))
  }

  func shape(_ extents: [Int64]) throws(ONNXError) -> [Int] {
    if let axis = extents.firstIndex(where: { $0 < 0 }) {
      throw failure(.negativeDimension(axis: axis, extent: extents[axis]))
    }
    var count: Int64 = 1
    for extent in extents where extent > 0 {
      guard extent <= Self.elementLimit / count else { throw failure(.shapeOverflows(extents)) }
      count *= extent
    }
    return extents.map { Int($0) }
  }

  private func external(
    _ type: ElementType, shape: [Int], entries: [Onnx_StringStringEntryProto],
    folder: inout ExternalDataFolder
  ) throws(ONNXError) -> HostTensor.Storage {
    guard let expected = RawTensorData.byteCount(type, shape: shape) else {
      throw failure(.wrongField(type: type, field: "external data"))
    }
    let bytes = try folder.bytes(of: label, entries: entries, expectedBytes: expected)
    return bytes.withUnsafeBytes { RawTensorData.storage(type, of: $0) }
  }

  private func raw(
    _ type: ElementType, shape: [Int], bytes: Data
  ) throws(ONNXError) -> HostTensor.Storage {
    guard let expected = RawTensorData.byteCount(type, shape: shape) else {
      throw failure(.wrongField(type: type, field: "raw_data"))
    }
    guard bytes.count == expected else {
      throw failure(
        .countMismatch(
          shape: shape, type: type, field: "raw_data", expected: expected, got: bytes.count))
    }
    return bytes.withUnsafeBytes { RawTensorData.storage(type, of: $0) }
  }

  private func typed(
    _ type: ElementType, shape: [Int], proto: Onnx_TensorProto
  ) throws(ONNXError) -> HostTensor.Storage {
    do throws(TensorProblem) {
      return try TypedTensorData.storage(type, shape: shape, in: proto)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ problem: TensorProblem) -> ONNXError {
    .badTensor(file: file, tensor: label, problem: problem)
  }
}
