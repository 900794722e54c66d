/// Protobuf message of the ONNX format, as far as ``WireScanner`` follows it.
enum WireMessage {
  case model, opset, pair, graph, node, attribute, tensor, segment, sparseTensor
  case valueInfo, type, tensorType, shape, dimension

  enum Content {
    case message(WireMessage)
    case text
    /// Bytes and packed numbers, which are only skipped.
    case payload
  }

  struct Field {
    let name: StaticString
    let content: Content

    init(_ name: StaticString, _ content: Content = .payload) {
      self.name = name
      self.content = content
    }
  }

  /// Generous estimate of the memory of one record, generated message and graph value together.
  var memoryBytes: Int {
    switch self {
    case .model, .graph: 1024
    case .tensor, .sparseTensor: 768
    case .attribute: 640
    case .node: 512
    case .valueInfo: 384
    case .type, .tensorType: 96
    case .dimension: 160
    case .opset, .pair, .segment, .shape: 128
    }
  }

  /// Length-delimited field with this number; `nil` where the format has none or it is kept opaque.
  func field(_ number: UInt64) -> Field? {
    switch self {
    case .model: Self.modelField(number)
    case .graph: Self.graphField(number)
    case .node: Self.nodeField(number)
    case .attribute: Self.attributeField(number)
    case .tensor: Self.tensorField(number)
    case .opset: number == 1 ? Field("domain", .text) : nil
    case .pair: number == 1 ? Field("key", .text) : number == 2 ? Field("value", .text) : nil
    case .segment: nil
    case .sparseTensor:
      number == 1
        ? Field("values", .message(.tensor))
        : number == 2 ? Field("indices", .message(.tensor)) : nil
    case .valueInfo: Self.valueInfoField(number)
    case .type: number == 1 ? Field("tensor_type", .message(.tensorType)) : nil
    case .tensorType: number == 2 ? Field("shape", .message(.shape)) : nil
    case .shape: number == 1 ? Field("dim", .message(.dimension)) : nil
    case .dimension: number == 2 ? Field("dim_param", .text) : nil
    }
  }

  private static func modelField(_ number: UInt64) -> Field? {
    switch number {
    case 2: Field("producer_name", .text)
    case 3: Field("producer_version", .text)
    case 4: Field("domain", .text)
    case 6: Field("doc_string", .text)
    case 7: Field("graph", .message(.graph))
    case 8: Field("opset_import", .message(.opset))
    case 14: Field("metadata_props", .message(.pair))
    default: nil
    }
  }

  private static func graphField(_ number: UInt64) -> Field? {
    switch number {
    case 1: Field("node", .message(.node))
    case 2: Field("name", .text)
    case 5: Field("initializer", .message(.tensor))
    case 10: Field("doc_string", .text)
    case 11: Field("input", .message(.valueInfo))
    case 12: Field("output", .message(.valueInfo))
    case 13: Field("value_info", .message(.valueInfo))
    case 15: Field("sparse_initializer", .message(.sparseTensor))
    default: nil
    }
  }

  private static func nodeField(_ number: UInt64) -> Field? {
    switch number {
    case 1: Field("input", .text)
    case 2: Field("output", .text)
    case 3: Field("name", .text)
    case 4: Field("op_type", .text)
    case 5: Field("attribute", .message(.attribute))
    case 6: Field("doc_string", .text)
    case 7: Field("domain", .text)
    default: nil
    }
  }

  private static func attributeField(_ number: UInt64) -> Field? {
    switch number {
    case 1: Field("name", .text)
    case 4: Field("s")
    case 5: Field("t", .message(.tensor))
    case 6: Field("g", .message(.graph))
    case 7: Field("floats")
    case 8: Field("ints")
    case 9: Field("strings")
    case 10: Field("tensors", .message(.tensor))
    case 11: Field("graphs", .message(.graph))
    case 13: Field("doc_string", .text)
    case 21: Field("ref_attr_name", .text)
    default: nil
    }
  }

  private static func tensorField(_ number: UInt64) -> Field? {
    switch number {
    case 1: Field("dims")
    case 3: Field("segment", .message(.segment))
    case 4: Field("float_data")
    case 5: Field("int32_data")
    case 6: Field("string_data")
    case 7: Field("int64_data")
    case 8: Field("name", .text)
    case 9: Field("raw_data")
    case 10: Field("double_data")
    case 11: Field("uint64_data")
    case 12: Field("doc_string", .text)
    case 13: Field("external_data", .message(.pair))
    default: nil
    }
  }

  private static func valueInfoField(_ number: UInt64) -> Field? {
    switch number {
    case 1: Field("name", .text)
    case 2: Field("type", .message(.type))
    case 3: Field("doc_string", .text)
    default: nil
    }
  }
}
