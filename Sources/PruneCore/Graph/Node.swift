/// One operator call in a ``Graph``.
public struct Node: Hashable, Sendable {
  /// Name; may be empty, and need not be unique; see ``label``.
  public var name: String
  /// Operator type, such as `Conv`.
  public var operation: String
  /// Domain of the operator; `""` is ONNX's own operator set.
  public var domain: String
  /// Names of the input values; `""` marks an optional input that is left out.
  public var inputs: [String]
  /// Names of the output values; `""` marks an optional output that is left out.
  public var outputs: [String]
  /// Attributes that the file states; an operator's defaults are not filled in.
  public var attributes: [Attribute]
  /// The node's `doc_string`; empty where it has none.
  public var documentation: String
  /// Encoded protobuf fields of `NodeProto` that are not modelled here.
  public var opaque: [UInt8]

  /// - Parameters:
  ///   - operation: operator type, such as `Conv`.
  ///   - domain: `""` for ONNX's own operators.
  public init(
    _ operation: String, name: String = "", domain: String = "", inputs: [String],
    outputs: [String], attributes: [Attribute] = [], documentation: String = "",
    opaque: [UInt8] = []
  ) {
    self.name = name
    self.operation = operation
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.documentation = documentation
    self.opaque = opaque
  }

  /// Label for messages: the node's name, or its first output where it has none.
  public var label: String { name.isEmpty ? outputs.first ?? operation : name }
}

/// A named constant of a ``Node``.
public struct Attribute: Hashable, Sendable {
  /// Value of an attribute, by ONNX's types.
  public enum Value: Hashable, Sendable {
    /// `FLOAT`.
    case float(Float)
    /// `INT`; truth values are 0 and 1.
    case int(Int64)
    /// `STRING`: bytes, in UTF-8 by convention.
    case string([UInt8])
    /// `TENSOR`, with the name and encoding it is stored under.
    case tensor(Initializer)
    /// `GRAPH`: the body of `If`, `Loop` or `Scan`, which may read values of the graph around it.
    case graph(Graph)
    /// `FLOATS`.
    case floats([Float])
    /// `INTS`, such as strides and axes.
    case ints([Int64])
    /// `STRINGS`: bytes, in UTF-8 by convention.
    case strings([[UInt8]])
    /// `TENSORS`.
    case tensors([Initializer])
    /// `GRAPHS`.
    case graphs([Graph])
    /// A kind this package does not interpret: ONNX's type number and the encoded `AttributeProto`.
    case opaque(type: Int, encoded: [UInt8])
  }

  /// Name in the operator's specification; unique within a node.
  public var name: String
  /// Value; its case is the type.
  public var value: Value
  /// The attribute's `doc_string`; empty where it has none.
  public var documentation: String
  /// Encoded protobuf fields of `AttributeProto` that are not modelled here.
  public var opaque: [UInt8]

  /// An attribute as the operator's specification names it.
  public init(_ name: String, _ value: Value, documentation: String = "", opaque: [UInt8] = []) {
    self.name = name
    self.value = value
    self.documentation = documentation
    self.opaque = opaque
  }
}

extension Node {
  /// The attribute of a name; `nil` where the node has none.
  public func attribute(_ name: String) -> Attribute.Value? {
    attributes.first { $0.name == name }?.value
  }

  /// The integer of an attribute; `nil` where it is absent or of another type.
  public func int(_ name: String) -> Int? {
    if case .int(let value)? = attribute(name) { Int(value) } else { nil }
  }

  /// The integers of an attribute; `nil` where it is absent or of another type.
  public func ints(_ name: String) -> [Int]? {
    if case .ints(let values)? = attribute(name) { values.map { Int($0) } } else { nil }
  }

  /// The number of an attribute; `nil` where it is absent or of another type.
  public func float(_ name: String) -> Float? {
    if case .float(let value)? = attribute(name) { value } else { nil }
  }

  /// The numbers of an attribute; `nil` where it is absent or of another type.
  public func floats(_ name: String) -> [Float]? {
    if case .floats(let values)? = attribute(name) { values } else { nil }
  }

  /// The text of an attribute; `nil` where it is absent or of another type.
  public func string(_ name: String) -> String? {
    if case .string(let bytes)? = attribute(name) {
      String(decoding: bytes, as: UTF8.self)
    } else {
      nil
    }
  }

  /// The texts of an attribute; `nil` where it is absent or of another type.
  public func strings(_ name: String) -> [String]? {
    if case .strings(let values)? = attribute(name) {
      values.map { String(decoding: $0, as: UTF8.self) }
    } else {
      nil
    }
  }

  /// The tensor of an attribute; `nil` where it is absent or of another type.
  public func tensor(_ name: String) -> HostTensor? {
    if case .tensor(let value)? = attribute(name) { value.tensor } else { nil }
  }

  /// The subgraph of an attribute; `nil` where it is absent or of another type.
  public func graph(_ name: String) -> Graph? {
    if case .graph(let value)? = attribute(name) { value } else { nil }
  }
}
