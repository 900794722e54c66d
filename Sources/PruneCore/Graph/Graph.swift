/// A neural network as a data-flow graph, with everything an ONNX file says about it.
///
/// Fields this package does not interpret are kept as encoded bytes (`opaque`), so that a graph that is
/// read and written again says what it said before.
public struct Graph: Hashable, Sendable {
  public var name: String
  public var documentation: String
  /// All graph inputs in file order; before IR 4 these include the initializers. See ``dataInputs``.
  public var inputs: [ValueInfo]
  public var outputs: [ValueInfo]
  /// Types recorded for intermediate values.
  public var valueInfo: [ValueInfo]
  /// In topological order.
  public var nodes: [Node]
  public var initializers: [Initializer]
  /// What the file says about the model as a whole; meaningless on a subgraph.
  public var model: ModelInfo
  /// Encoded protobuf fields of `GraphProto` that are not modelled here.
  public var opaque: [UInt8]

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
    public var version: Int
    public init(domain: String = "", version: Int) {
      self.domain = domain
      self.version = version
    }
  }

  public var irVersion: Int
  public var opsets: [Opset]
  public var producerName: String
  public var producerVersion: String
  public var domain: String
  public var version: Int
  public var documentation: String
  /// Key–value pairs in file order.
  public var metadata: [Pair]
  /// Encoded protobuf fields of `ModelProto` that are not modelled here (functions, training info, …).
  public var opaque: [UInt8]

  /// An entry of the metadata.
  public struct Pair: Hashable, Sendable {
    public var key: String
    public var value: String
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

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
