import Foundation
public import PruneCore

extension Graph {
  /// Graph with weights that are mostly zero stored as ONNX sparse initializers, where that makes the
  /// file smaller.
  ///
  /// A non-zero float then takes 12 bytes instead of 4, so that it pays from a sparsity of about 2/3 on.
  /// Needs IR version 6; an older model is raised to it.
  /// - Source: [ONNX IR](https://github.com/onnx/onnx/blob/main/docs/IR.md), `sparse_initializer`.
  public func storingSparse() -> Graph {
    var result = self
    var storedBytes = 0
    var denseBytes = 0
    var names: Set<String> = []
    for position in initializers.indices {
      let tensor = initializers[position].tensor
      guard tensor.elementType.isFloatingPoint, initializers[position].opaque.isEmpty,
        let dense = RawTensorData.byteCount(tensor.elementType, shape: tensor.shape)
      else { continue }
      let sparse = Self.sparseBytes(of: tensor)
      // Within half of what a reader accepts of a file that may be hostile.
      let isReadable =
        denseBytes + dense <= SparseAllowance.bytes(fileBytes: storedBytes + sparse) / 2
      guard sparse < dense, isReadable else { continue }
      storedBytes += sparse
      denseBytes += dense
      result.initializers[position].encoding = .sparse(isTyped: false)
      names.insert(initializers[position].name)
    }
    guard !names.isEmpty else { return self }
    // Before IR 4 every initializer is an input as well; a sparse one must not be.
    result.inputs.removeAll { names.contains($0.name) }
    result.model.irVersion = max(model.irVersion, 6)
    return result
  }

  private static func sparseBytes(of tensor: HostTensor) -> Int {
    let width = (tensor.elementType.bitWidth ?? 0) / 8
    return (tensor.floats?.count { $0.bitPattern != 0 } ?? tensor.count) * (width + 8)
      + recordOverheadBytes
  }

  /// Overhead of the three records of a sparse tensor: types, extents and lengths.
  private static var recordOverheadBytes: Int { 48 }
}

/// Limit on the bytes that dense forms of sparse tensors may take.
enum SparseAllowance {
  static func bytes(fileBytes: Int) -> Int {
    let (product, overflow) = fileBytes.multipliedReportingOverflow(by: 64)
    return overflow ? .max : product &+ 32 << 20
  }
}

extension GraphEncoder {
  /// Sparse form of an initializer: elements whose bytes are not all zero, in ascending order, with
  /// their flat positions.
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
