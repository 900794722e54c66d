import Foundation
import PruneCore

extension GraphEncoder {
  /// Elements whose bytes are not all zero, in ascending order, with their flat positions.
  func sparseTensor(_ initializer: Initializer) throws(ONNXError) -> Onnx_SparseTensorProto {
    var proto = try Onnx_SparseTensorProto(opaque: initializer.opaque, file: file)
    let tensor = initializer.tensor
    let width = (tensor.elementType.bitWidth ?? 8) / 8
    var positions: [Int64] = []
    var elements: [UInt8] = []
    _ = try RawTensorData.withBytes(of: tensor.storage) { bytes in
      for position in 0..<tensor.count {
        let element = bytes[position * width..<(position + 1) * width]
        guard element.contains(where: { $0 != 0 }) else { continue }
        positions.append(Int64(position))
        elements += element
      }
    }
    let values = HostTensor(
      shape: [positions.count],
      storage: elements.withUnsafeBytes { RawTensorData.storage(tensor.elementType, of: $0) })
    let isTyped = initializer.encoding == .sparse(isTyped: true)
    proto.dims = tensor.shape.map { Int64($0) }
    if proto.values.name != initializer.name { proto.values.name = initializer.name }
    if proto.values.docString != initializer.documentation {
      proto.values.docString = initializer.documentation
    }
    try Self.fill(&proto.values, with: values, isTyped: isTyped)
    try Self.fill(
      &proto.indices, with: HostTensor(positions, shape: [positions.count]), isTyped: isTyped)
    return proto
  }

  private static func fill(
    _ proto: inout Onnx_TensorProto, with tensor: HostTensor, isTyped: Bool
  ) throws(ONNXError) {
    proto.dims = tensor.shape.map { Int64($0) }
    proto.dataType = tensor.elementType.rawValue
    if isTyped {
      TypedTensorData.write(tensor.storage, into: &proto)
    } else {
      proto.rawData =
        try RawTensorData.withBytes(of: tensor.storage) { bytes throws(ONNXError) in Data(bytes) }
        ?? Data()
    }
  }
}
