import PruneCore

/// Decoder from protobuf messages to a ``Graph``.
struct GraphDecoder {
  let file: String
  var folder: ExternalDataFolder
  /// Bytes that dense forms of further sparse tensors may take.
  var sparseAllowanceBytes: Int

  /// Graph of a model.
  /// - Parameter proto: emptied, so that a large model is in memory only once.
  mutating func model(taking proto: inout Onnx_ModelProto) throws(ONNXError) -> Graph {
    let info = try modelInfo(proto)
    var graphProto = proto.graph
    proto = Onnx_ModelProto()
    return try graph(taking: &graphProto, model: info)
  }

  /// Graph of a graph message.
  /// - Parameter model: information on the whole file; subgraphs get its versions.
  mutating func graph(
    taking proto: inout Onnx_GraphProto, model: ModelInfo
  ) throws(ONNXError) -> Graph {
    let initializers = try initializers(taking: &proto)
    var nodes: [Node] = []
    nodes.reserveCapacity(proto.node.count)
    let inner = ModelInfo(irVersion: model.irVersion, opsets: model.opsets)
    for index in proto.node.indices {
      nodes.append(try node(proto.node[index], index: index, model: inner))
    }
    proto.node = []
    let inputs = try valueInfos(proto.input)
    let outputs = try valueInfos(proto.output)
    let intermediate = try valueInfos(proto.valueInfo)
    let name = proto.name
    let documentation = proto.docString
    proto.input = []
    proto.output = []
    proto.valueInfo = []
    if !name.isEmpty { proto.clearName() }
    if !documentation.isEmpty { proto.clearDocString() }
    return Graph(
      name: name, documentation: documentation, inputs: inputs, outputs: outputs,
      valueInfo: intermediate, nodes: nodes, initializers: initializers, model: model,
      opaque: try proto.opaqueBytes(file: file))
  }

  private mutating func initializers(
    taking proto: inout Onnx_GraphProto
  ) throws(ONNXError) -> [Initializer] {
    var tensors = proto.initializer
    proto.initializer = []
    var result: [Initializer] = []
    result.reserveCapacity(tensors.count)
    for index in tensors.indices {
      let tensor = tensors[index]
      tensors[index] = Onnx_TensorProto()
      let label = tensor.name.isEmpty ? "initializer \(index)" : tensor.name
      result.append(
        try TensorDecoder(file: file, label: label).initializer(from: tensor, external: &folder))
    }
    let sparse = proto.sparseInitializer
    proto.sparseInitializer = []
    for tensor in sparse {
      let label = tensor.values.name.isEmpty ? "sparse initializer" : tensor.values.name
      result.append(
        try SparseTensorDecoder(file: file, label: label).initializer(
          from: tensor, external: &folder, allowanceBytes: &sparseAllowanceBytes))
    }
    return result
  }

  private mutating func node(
    _ proto: Onnx_NodeProto, index: Int, model: ModelInfo
  ) throws(ONNXError) -> Node {
    var node = Node(
      proto.opType, name: proto.name, domain: proto.domain, inputs: proto.input,
      outputs: proto.output, documentation: proto.docString)
    let label = node.label.isEmpty ? "\(index)" : node.label
    node.attributes.reserveCapacity(proto.attribute.count)
    for attribute in proto.attribute {
      node.attributes.append(try self.attribute(attribute, node: label, model: model))
    }
    var rest = proto
    rest.input = []
    rest.output = []
    rest.attribute = []
    if !node.operation.isEmpty { rest.clearOpType() }
    if !node.name.isEmpty { rest.clearName() }
    if !node.domain.isEmpty { rest.clearDomain() }
    if !node.documentation.isEmpty { rest.clearDocString() }
    node.opaque = try rest.opaqueBytes(file: file)
    return node
  }

  private func modelInfo(_ proto: Onnx_ModelProto) throws(ONNXError) -> ModelInfo {
    var info = ModelInfo(
      irVersion: Int(proto.irVersion), opsets: proto.opsetImport.map(\.opset),
      producerName: proto.producerName, producerVersion: proto.producerVersion,
      domain: proto.domain, version: Int(proto.modelVersion), documentation: proto.docString,
      metadata: proto.metadataProps.map(\.pair))
    var rest = proto
    rest.clearGraph()
    if info.irVersion != 0 { rest.clearIrVersion() }
    if info.version != 0 { rest.clearModelVersion() }
    if !info.producerName.isEmpty { rest.clearProducerName() }
    if !info.producerVersion.isEmpty { rest.clearProducerVersion() }
    if !info.domain.isEmpty { rest.clearDomain() }
    if !info.documentation.isEmpty { rest.clearDocString() }
    if info.opsets.map({ Onnx_OperatorSetIdProto($0) }) == proto.opsetImport {
      rest.opsetImport = []
    }
    if info.metadata.map({ Onnx_StringStringEntryProto($0) }) == proto.metadataProps {
      rest.metadataProps = []
    }
    info.opaque = try rest.opaqueBytes(file: file)
    return info
  }
}

extension Onnx_OperatorSetIdProto {
  var opset: ModelInfo.Opset { ModelInfo.Opset(domain: domain, version: Int(version)) }

  init(_ opset: ModelInfo.Opset) {
    self.init()
    if !opset.domain.isEmpty { domain = opset.domain }
    version = Int64(opset.version)
  }
}

extension Onnx_StringStringEntryProto {
  var pair: ModelInfo.Pair { ModelInfo.Pair(key: key, value: value) }

  init(_ pair: ModelInfo.Pair) {
    self.init()
    key = pair.key
    value = pair.value
  }
}
