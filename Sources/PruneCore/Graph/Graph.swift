/// A neural network as a data-flow graph, with everything an ONNX file says about it.
///
/// Fields this package does not interpret are kept as encoded bytes (`opaque`), so that a graph that is
/// read and written again says what it said before.
public struct Graph: Hashable, Sendable {
  /// As the exporter called it; may be empty.
  public var name: String
  /// The file's `doc_string`; empty where it has none.
  public var documentation: String
  /// All graph inputs in file order; before IR 4 these include the initializers. See ``dataInputs``.
  public var inputs: [ValueInfo]
  /// In the order in which ``Engine/run(_:on:)`` returns their values.
  public var outputs: [ValueInfo]
  /// Types recorded for intermediate values.
  public var valueInfo: [ValueInfo]
  /// In topological order.
  public var nodes: [Node]
  /// Weights and other constants; those of ``Graph/inputs`` with the same name are defaults.
  public var initializers: [Initializer]
  /// What the file says about the model as a whole; meaningless on a subgraph.
  public var model: ModelInfo
  /// Encoded protobuf fields of `GraphProto` that are not modelled here.
  public var opaque: [UInt8]

  /// An empty graph unless more is given; whether it makes sense is for `GraphValidator` to say.
  public init(
    name: String = "", documentation: String = "", inputs: [ValueInfo] = [],
    outputs: [ValueInfo] = [], valueInfo: [ValueInfo] = [], nodes: [Node] = [],
    initializers: [Initializer] = [], model: ModelInfo = ModelInfo(), opaque: [UInt8] = []
  ) {
    self.name = name
    self.documentation = documentation
    self.inputs = inputs
    self.outputs = outputs
    self.valueInfo = valueInfo
    self.nodes = nodes
    self.initializers = initializers
    self.model = model
    self.opaque = opaque
  }

  /// Inputs that a caller must supply: those without an initializer.
  public var dataInputs: [ValueInfo] {
    let initialized = Set(initializers.map(\.name))
    return inputs.filter { !initialized.contains($0.name) }
  }

  /// Version of the default operator set; 1 where none is stated.
  public var opset: Int {
    model.opsets.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version ?? 1
  }
}

/// What an ONNX file says about the model around its main graph.
public struct ModelInfo: Hashable, Sendable {
  /// A version of an operator set.
  public struct Opset: Hashable, Sendable {
    /// `""` is ONNX's own operator set.
    public var domain: String
    /// At least 1; which operators and attributes exist depends on it.
    public var version: Int
    /// - Parameter domain: `""` for ONNX's own operators.
    public init(domain: String = "", version: Int) {
      self.domain = domain
      self.version = version
    }
  }

  /// Version of the file format itself, which operators do not depend on.
  public var irVersion: Int
  /// One per domain that nodes use.
  public var opsets: [Opset]
  /// The program that wrote the file, such as `pytorch`; may be empty.
  public var producerName: String
  /// Version of that program, in its own spelling; may be empty.
  public var producerVersion: String
  /// Reverse domain name of the model's owner; may be empty.
  public var domain: String
  /// Of the model, counted by its owner; 0 where nobody did.
  public var version: Int
  /// The model's `doc_string`, apart from ``Graph/documentation``; may be empty.
  public var documentation: String
  /// Key–value pairs in file order.
  public var metadata: [Pair]
  /// Encoded protobuf fields of `ModelProto` that are not modelled here (functions, training info, …).
  public var opaque: [UInt8]

  /// An entry of the metadata.
  public struct Pair: Hashable, Sendable {
    /// Unique in well-formed files; not enforced.
    public var key: String
    /// Free text.
    public var value: String
    /// A pair as it stands in the file.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// What this package writes for a graph of its own: IR 8 and opset 17 unless stated.
  public init(
    irVersion: Int = 8, opsets: [Opset] = [Opset(version: 17)], producerName: String = "",
    producerVersion: String = "", domain: String = "", version: Int = 0,
    documentation: String = "", metadata: [Pair] = [], opaque: [UInt8] = []
  ) {
    self.irVersion = irVersion
    self.opsets = opsets
    self.producerName = producerName
    self.producerVersion = producerVersion
    self.domain = domain
    self.version = version
    self.documentation = documentation
    self.metadata = metadata
    self.opaque = opaque
  }
}
