import Foundation
import PruneCore

/// Decoder from a `SparseTensorProto` to a dense ``Initializer``.
struct SparseTensorDecoder {
  let file: String
  /// Name of the tensor in error messages.
  let label: String

  /// - Parameter allowanceBytes: bytes that dense forms may take; lowered by this tensor's.
  func initializer(
    from proto: Onnx_SparseTensorProto, external folder: inout ExternalDataFolder,
    allowanceBytes: inout Int
  ) throws(ONNXError) -> Initializer {
    let decoder = TensorDecoder(file: file, label: label)
    let values = try decoder.initializer(from: proto.values, external: &folder)
    let indices = try decoder.initializer(from: proto.indices, external: &folder)
    let shape = try decoder.shape(proto.dims)
    let type = values.tensor.elementType
    guard let bits = type.bitWidth, bits >= 8,
      let count = RawTensorData.byteCount(type, shape: shape)
    else { throw failure(.badSparse("has \(type) values, which cannot be stored sparse")) }
    guard count <= allowanceBytes else {
      throw failure(.badSparse("would take \(count) bytes, far more than the file holds"))
    }
    allowanceBytes -= count
    let positions = try positions(of: indices.tensor, values: values.tensor, shape: shape)
    var dense = [UInt8](repeating: 0, count: count)
    try RawTensorData.withBytes(of: values.tensor.storage) { bytes in
      let width = bits / 8
      for (index, position) in positions.enumerated() {
        for byte in 0..<width { dense[position * width + byte] = bytes[index * width + byte] }
      }
    }
    return Initializer(
      name: values.name,
      tensor: HostTensor(
        shape: shape, storage: dense.withUnsafeBytes { RawTensorData.storage(type, of: $0) }),
      encoding: .sparse(isTyped: values.encoding == .typed),
      documentation: values.documentation,
      opaque: try rest(of: proto, values: values, indices: indices))
  }

  /// Flat positions of the values, in stored order.
  private func positions(
    of indices: HostTensor, values: HostTensor, shape: [Int]
  ) throws(ONNXError) -> [Int] {
    guard case .int64(let stored) = indices.storage, values.shape.count == 1 else {
      throw failure(.badSparse("has \(indices.elementType) indices, expected int64"))
    }
    let count = HostTensor.elementCount(of: shape)
    if indices.shape == values.shape {
      if let bad = stored.first(where: { $0 < 0 || $0 >= count }) {
        throw failure(.badSparse("has index \(bad), expected 0 to \(count - 1)"))
      }
      return stored.map { Int($0) }
    }
    guard indices.shape == [values.count, shape.count] else {
      throw failure(
        .badSparse("has indices of shape \(indices.shape) for \(values.count) values"))
    }
    var positions: [Int] = []
    for row in 0..<values.count {
      var position = 0
      for (axis, extent) in shape.enumerated() {
        let index = stored[row * shape.count + axis]
        guard index >= 0, index < extent else {
          throw failure(.badSparse("has index \(index) on axis \(axis) of extent \(extent)"))
        }
        position = position * extent + Int(index)
      }
      positions.append(position)
    }
    return positions
  }

  /// Fields that the graph value does not model, both tensors without their elements.
  private func rest(
    of proto: Onnx_SparseTensorProto, values: Initializer, indices: Initializer
  ) throws(ONNXError) -> [UInt8] {
    var rest = proto
    rest.dims = []
    rest.values = try Onnx_TensorProto(opaque: values.opaque, file: file)
    rest.indices = try Onnx_TensorProto(opaque: indices.opaque, file: file)
    if !indices.name.isEmpty { rest.indices.name = indices.name }
    if !indices.documentation.isEmpty { rest.indices.docString = indices.documentation }
    if rest.values == Onnx_TensorProto() { rest.clearValues() }
    if rest.indices == Onnx_TensorProto() { rest.clearIndices() }
    return try rest.opaqueBytes(file: file)
  }

  private func failure(_ problem: TensorProblem) -> ONNXError {
    .badTensor(file: file, tensor: label, problem: problem)
  }
}
