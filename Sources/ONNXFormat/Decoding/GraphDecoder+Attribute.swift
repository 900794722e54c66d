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

  /// Fields of an attribute that ``Attribute`` does not model.
  ///
  /// Where type and value are both stated, as they should be, the rest holds neither; where one is
  /// missing, it holds the other as a sign to the writer to do the same.
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

/// `AttributeProto.AttributeType`, as far as ``Attribute`` has a value for it.
enum AttributeKind: Int32 {
  case float = 1
  case int, string, tensor, graph, floats, ints, strings, tensors, graphs

  /// Kind of a value; `nil` for ``Attribute/Value/opaque(type:encoded:)``.
  init?(_ value: Attribute.Value) {
    switch value {
    case .float: self = .float
    case .int: self = .int
    case .string: self = .string
    case .tensor: self = .tensor
    case .graph: self = .graph
    case .floats: self = .floats
    case .ints: self = .ints
    case .strings: self = .strings
    case .tensors: self = .tensors
    case .graphs: self = .graphs
    case .opaque: return nil
    }
  }
}

extension Onnx_AttributeProto {
  /// ONNX's type number; where none is stated, as in files of 2017, the number of the field that is set.
  var kindNumber: Int32 {
    if hasType, type != 0 { return type }
    let fields: [(isSet: Bool, kind: AttributeKind)] = [
      (hasF, .float), (hasI, .int), (hasS, .string), (hasT, .tensor), (hasG, .graph),
      (!floats.isEmpty, .floats), (!ints.isEmpty, .ints), (!strings.isEmpty, .strings),
      (!tensors.isEmpty, .tensors), (!graphs.isEmpty, .graphs),
    ]
    return fields.first { $0.isSet }?.kind.rawValue ?? 0
  }

  func holdsValue(of kind: AttributeKind) -> Bool {
    switch kind {
    case .float: hasF
    case .int: hasI
    case .string: hasS
    case .tensor: hasT
    case .graph: hasG
    case .floats, .ints, .strings, .tensors, .graphs: true
    }
  }
}
