import PruneCore

extension GraphDecoder {
  mutating func attribute(
    _ proto: Onnx_AttributeProto, node: String, model: ModelInfo
  ) throws(ONNXError) -> Attribute {
    let number = proto.kindNumber
    guard let kind = AttributeKind(rawValue: number), proto.refAttrName.isEmpty,
      proto.holdsValue(of: kind) || kind.rawValue < AttributeKind.tensor.rawValue
    else {
      let encoded = try proto.opaqueBytes(file: file)
      return Attribute(
        proto.name, .opaque(type: Int(number), encoded: encoded), documentation: proto.docString)
    }
    return Attribute(
      proto.name, try value(of: kind, in: proto, node: node, model: model),
      documentation: proto.docString, opaque: try rest(of: proto, kind: kind))
  }

  private mutating func value(
    of kind: AttributeKind, in proto: Onnx_AttributeProto, node: String, model: ModelInfo
  ) throws(ONNXError) -> Attribute.Value {
    switch kind {
    case .float: return .float(proto.f)
    case .int: return .int(proto.i)
    case .string: return .string([UInt8](proto.s))
    case .floats: return .floats(proto.floats)
    case .ints: return .ints(proto.ints)
    case .strings: return .strings(proto.strings.map { [UInt8]($0) })
    case .tensor: return .tensor(try tensor(proto.t, attribute: proto.name, node: node))
    case .tensors:
      var tensors: [Initializer] = []
      for element in proto.tensors {
        tensors.append(try tensor(element, attribute: proto.name, node: node))
      }
      return .tensors(tensors)
    case .graph:
      var subgraph = proto.g
      return .graph(try graph(taking: &subgraph, model: model))
    case .graphs:
      var graphs: [Graph] = []
      for element in proto.graphs {
        var subgraph = element
        graphs.append(try graph(taking: &subgraph, model: model))
      }
      return .graphs(graphs)
    }
  }

  private mutating func tensor(
    _ proto: Onnx_TensorProto, attribute: String, node: String
  ) throws(ONNXError) -> Initializer {
    try TensorDecoder(file: file, label: "\(attribute) of node \(node)")
      .initializer(from: proto, external: &folder)
  }

  /// Where type and value are both stated, as they should be, neither stays in the rest; where one is missing, the
  /// rest keeps what is stated as a sign to the writer to do the same.
  private func rest(of proto: Onnx_AttributeProto, kind: AttributeKind) throws(ONNXError) -> [UInt8]
  {
    var rest = proto
    if !proto.name.isEmpty { rest.clearName() }
    if !proto.docString.isEmpty { rest.clearDocString() }
    let isComplete = proto.hasType && proto.type != 0 && proto.holdsValue(of: kind)
    if isComplete { rest.clearType() }
    switch kind {
    case .float where isComplete: rest.clearF()
    case .int where isComplete: rest.clearI()
    case .string where isComplete: rest.clearS()
    case .floats where isComplete: rest.floats = []
    case .ints where isComplete: rest.ints = []
    case .strings where isComplete: rest.strings = []
    case .float, .int, .string, .floats, .ints, .strings: break
    case .tensor: if isComplete { rest.clearT() } else { rest.t = Onnx_TensorProto() }
    case .graph: if isComplete { rest.clearG() } else { rest.g = Onnx_GraphProto() }
    case .tensors: rest.tensors = isComplete ? [] : [Onnx_TensorProto()]
    case .graphs: rest.graphs = isComplete ? [] : [Onnx_GraphProto()]
    }
    return try rest.opaqueBytes(file: file)
  }
}
