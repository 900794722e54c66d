import PruneCore

extension GraphDecoder {
  func valueInfos(_ protos: [Onnx_ValueInfoProto]) throws(ONNXError) -> [ValueInfo] {
    var result: [ValueInfo] = []
    result.reserveCapacity(protos.count)
    for proto in protos { result.append(try valueInfo(proto)) }
    return result
  }

  private func valueInfo(_ proto: Onnx_ValueInfoProto) throws(ONNXError) -> ValueInfo {
    let type = proto.type.tensorSignature
    var rest = proto
    if !proto.name.isEmpty { rest.clearName() }
    if !proto.docString.isEmpty { rest.clearDocString() }
    if type != TensorSignature(), proto.type == Onnx_TypeProto(type) { rest.clearType() }
    return ValueInfo(
      name: proto.name, elementType: type.elementType, shape: type.shape,
      documentation: proto.docString, opaque: try rest.opaqueBytes(file: file))
  }
}

/// Part of a `TypeProto` that ``ValueInfo`` models: element type and shape of a tensor.
struct TensorSignature: Hashable {
  var elementType: ElementType?
  var shape: [ValueInfo.Dimension]?
}

extension Onnx_TypeProto {
  var tensorSignature: TensorSignature {
    guard hasTensorType else { return TensorSignature() }
    return TensorSignature(
      elementType: ElementType(rawValue: tensorType.elemType),
      shape: tensorType.hasShape ? tensorType.shape.dim.map(\.dimension) : nil)
  }

  init(_ signature: TensorSignature) {
    self.init()
    set(signature)
  }

  /// Changes only the fields that differ, so that denotations of axes survive.
  mutating func set(_ signature: TensorSignature) {
    guard tensorSignature != signature else { return }
    guard signature != TensorSignature() else {
      clearTensorType()
      return
    }
    if let elementType = signature.elementType {
      tensorType.elemType = elementType.rawValue
    } else {
      tensorType.clearElemType()
    }
    guard let shape = signature.shape else {
      tensorType.clearShape()
      return
    }
    let known = tensorType.shape.dim
    tensorType.shape.dim = shape.indices.map { axis in
      var dimension = known.count == shape.count ? known[axis] : .init()
      dimension.set(shape[axis])
      return dimension
    }
  }
}

extension Onnx_TensorShapeProto.Dimension {
  /// Extent of the axis; some exporters write a negative one for an open axis.
  var dimension: ValueInfo.Dimension {
    switch value {
    case .dimValue(let extent)? where extent >= 0: .fixed(Int(extent))
    case .dimParam(let name)? where !name.isEmpty: .symbolic(name)
    default: .unknown
    }
  }

  mutating func set(_ dimension: ValueInfo.Dimension) {
    guard self.dimension != dimension else { return }
    switch dimension {
    case .fixed(let extent): value = .dimValue(Int64(extent))
    case .symbolic(let name): value = .dimParam(name)
    case .unknown: value = nil
    }
  }
}
