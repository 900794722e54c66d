import Foundation
import PruneCore

/// Encoder from a ``Graph`` to protobuf messages: the opaque rest of each message with the modelled
/// fields set.
///
/// A field is set only where its value differs, since setting it would make an absent one present.
struct GraphEncoder {
  /// Name of the model in error messages.
  let file: String
  /// Layout of the external data file; `nil` embeds all data.
  var layout: ExternalDataLayout?

  mutating func model(_ graph: Graph) throws(ONNXError) -> Onnx_ModelProto {
    let info = graph.model
    var proto = try Onnx_ModelProto(opaque: info.opaque, file: file)
    if info.irVersion != 0 || proto.hasIrVersion { proto.irVersion = Int64(info.irVersion) }
    if info.version != 0 || proto.hasModelVersion { proto.modelVersion = Int64(info.version) }
    if proto.producerName != info.producerName { proto.producerName = info.producerName }
    if proto.producerVersion != info.producerVersion {
      proto.producerVersion = info.producerVersion
    }
    if proto.domain != info.domain { proto.domain = info.domain }
    if proto.docString != info.documentation { proto.docString = info.documentation }
    if proto.opsetImport.map(\.opset) != info.opsets {
      proto.opsetImport = info.opsets.map { Onnx_OperatorSetIdProto($0) }
    }
    if proto.metadataProps.map(\.pair) != info.metadata {
      proto.metadataProps = info.metadata.map { Onnx_StringStringEntryProto($0) }
    }
    proto.graph = try self.graph(graph)
    return proto
  }

  mutating func graph(_ graph: Graph) throws(ONNXError) -> Onnx_GraphProto {
    var proto = try Onnx_GraphProto(opaque: graph.opaque, file: file)
    if proto.name != graph.name { proto.name = graph.name }
    if proto.docString != graph.documentation { proto.docString = graph.documentation }
    proto.initializer.reserveCapacity(graph.initializers.count)
    for initializer in graph.initializers {
      if case .sparse = initializer.encoding {
        proto.sparseInitializer.append(try sparseTensor(initializer))
      } else {
        proto.initializer.append(try tensor(initializer))
      }
    }
    proto.node.reserveCapacity(graph.nodes.count)
    for node in graph.nodes { proto.node.append(try self.node(node)) }
    proto.input = try valueInfos(graph.inputs)
    proto.output = try valueInfos(graph.outputs)
    proto.valueInfo = try valueInfos(graph.valueInfo)
    return proto
  }

  private mutating func node(_ node: Node) throws(ONNXError) -> Onnx_NodeProto {
    var proto = try Onnx_NodeProto(opaque: node.opaque, file: file)
    proto.input = node.inputs
    proto.output = node.outputs
    if proto.opType != node.operation { proto.opType = node.operation }
    if proto.name != node.name { proto.name = node.name }
    if proto.domain != node.domain { proto.domain = node.domain }
    if proto.docString != node.documentation { proto.docString = node.documentation }
    proto.attribute.reserveCapacity(node.attributes.count)
    for attribute in node.attributes { proto.attribute.append(try self.attribute(attribute)) }
    return proto
  }

  mutating func tensor(_ initializer: Initializer) throws(ONNXError) -> Onnx_TensorProto {
    var proto = try Onnx_TensorProto(opaque: initializer.opaque, file: file)
    let tensor = initializer.tensor
    if proto.name != initializer.name { proto.name = initializer.name }
    if proto.docString != initializer.documentation { proto.docString = initializer.documentation }
    proto.dims = tensor.shape.map { Int64($0) }
    proto.dataType = tensor.elementType.rawValue
    guard let size = RawTensorData.byteCount(tensor.elementType, shape: tensor.shape) else {
      TypedTensorData.write(tensor.storage, into: &proto)
      return proto
    }
    if let layout, layout.takes(initializer, sizeBytes: size) {
      let entry = self.layout?.place(tensor, sizeBytes: size)
      proto.externalData = (entry?.protos ?? []) + proto.externalData
      proto.dataLocation = 1
    } else if initializer.encoding == .typed {
      TypedTensorData.write(tensor.storage, into: &proto)
    } else {
      proto.rawData =
        try RawTensorData.withBytes(of: tensor.storage) { bytes throws(ONNXError) in Data(bytes) }
        ?? Data()
    }
    return proto
  }

  private func valueInfos(_ values: [ValueInfo]) throws(ONNXError) -> [Onnx_ValueInfoProto] {
    var protos: [Onnx_ValueInfoProto] = []
    protos.reserveCapacity(values.count)
    for value in values {
      var proto = try Onnx_ValueInfoProto(opaque: value.opaque, file: file)
      if proto.name != value.name { proto.name = value.name }
      if proto.docString != value.documentation { proto.docString = value.documentation }
      let signature = TensorSignature(elementType: value.elementType, shape: value.shape)
      if proto.type.tensorSignature != signature { proto.type.set(signature) }
      protos.append(proto)
    }
    return protos
  }
}

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
