import Foundation
import PruneCore

extension GraphEncoder {
  mutating func attribute(_ attribute: Attribute) throws(ONNXError) -> Onnx_AttributeProto {
    let opaque: [UInt8]
    if case .opaque(_, let encoded) = attribute.value {
      opaque = encoded
    } else {
      opaque = attribute.opaque
    }
    var proto = try Onnx_AttributeProto(opaque: opaque, file: file)
    if proto.name != attribute.name { proto.name = attribute.name }
    if proto.docString != attribute.documentation { proto.docString = attribute.documentation }
    guard let kind = AttributeKind(attribute.value) else { return proto }
    // The rest mentions the kind only where the source left out the type or the value.
    let isImplicit = proto.kindNumber == kind.rawValue
    if !isImplicit { proto.type = kind.rawValue }
    try set(attribute.value, in: &proto, isImplicit: isImplicit)
    return proto
  }

  private mutating func set(
    _ value: Attribute.Value, in proto: inout Onnx_AttributeProto, isImplicit: Bool
  ) throws(ONNXError) {
    switch value {
    case .float(let value):
      if !isImplicit || proto.f.bitPattern != value.bitPattern { proto.f = value }
    case .int(let value):
      if !isImplicit || proto.i != value { proto.i = value }
    case .string(let bytes):
      if !isImplicit || !proto.s.elementsEqual(bytes) { proto.s = Data(bytes) }
    case .floats(let values): proto.floats = values
    case .ints(let values): proto.ints = values
    case .strings(let values): proto.strings = values.map { Data($0) }
    case .tensor(let initializer): proto.t = try tensor(initializer)
    case .tensors(let initializers):
      proto.tensors = []
      for initializer in initializers { proto.tensors.append(try tensor(initializer)) }
    case .graph(let subgraph): proto.g = try graph(subgraph)
    case .graphs(let subgraphs):
      proto.graphs = []
      for subgraph in subgraphs { proto.graphs.append(try graph(subgraph)) }
    case .opaque: break
    }
  }
}
