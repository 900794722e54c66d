/// A neural network as a data-flow graph, with everything that an ONNX file states about it.
///
/// Fields that this package does not interpret are kept as encoded bytes (`opaque`), so that a graph that is
/// read and written again loses nothing.
public struct Graph: Hashable, Sendable {
  /// Name given by the exporter; may be empty.
  public var name: String
  /// The file's `doc_string`; empty where it has none.
  public var documentation: String
  /// All graph inputs in file order; before IR 4 these include the initializers. See ``dataInputs``.
  public var inputs: [ValueInfo]
  /// Graph outputs, in the order in which ``InferenceEngine/run(_:on:)`` returns their values.
  public var outputs: [ValueInfo]
  /// Types recorded for intermediate values.
  public var valueInfo: [ValueInfo]
  /// Nodes in topological order.
  public var nodes: [Node]
  /// Weights and other constants; those of ``Graph/inputs`` with the same name are defaults.
  public var initializers: [Initializer]
  /// Properties of the model as a whole; meaningless on a subgraph.
  public var model: ModelInfo
  /// Encoded protobuf fields of `GraphProto` that are not modelled here.
  public var opaque: [UInt8]

  /// An empty graph unless more is given; `GraphValidator` checks it.
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

/// Properties of a model that an ONNX file states around its main graph.
public struct ModelInfo: Hashable, Sendable {
  /// A version of an operator set.
  public struct Opset: Hashable, Sendable {
    /// Domain of the operators; `""` is ONNX's own.
    public var domain: String
    /// Version, at least 1; the operators and attributes that exist depend on it.
    public var version: Int
    /// - Parameter domain: `""` for ONNX's own operators.
    public init(domain: String = "", version: Int) {
      self.domain = domain
      self.version = version
    }
  }

  /// Version of the file format itself, which operators do not depend on.
  public var irVersion: Int
  /// Operator sets, one per domain that nodes use.
  public var opsets: [Opset]
  /// The program that wrote the file, such as `pytorch`; may be empty.
  public var producerName: String
  /// Version of that program, in its own spelling; may be empty.
  public var producerVersion: String
  /// Reverse domain name of the model's owner; may be empty.
  public var domain: String
  /// Version of the model, counted by its owner; 0 where none is stated.
  public var version: Int
  /// The model's `doc_string`, apart from ``Graph/documentation``; may be empty.
  public var documentation: String
  /// Key–value pairs in file order.
  public var metadata: [Pair]
  /// Encoded protobuf fields of `ModelProto` that are not modelled here (functions, training info, …).
  public var opaque: [UInt8]

  /// An entry of the metadata.
  public struct Pair: Hashable, Sendable {
    /// Key, unique in well-formed files; not enforced.
    public var key: String
    /// Value, free text.
    public var value: String
    /// A pair as it stands in the file.
    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  /// Properties of a graph made by this package: IR 8 and opset 17 unless stated.
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

/// Defect of a graph, or an impossible access to its tensors.
public enum GraphError: Error, Hashable, CustomStringConvertible {
  /// A tensor is asked for that the graph does not store.
  case unknownParameter(String)
  /// New values for a stored tensor whose element type cannot hold them.
  case unstorable(parameter: String, from: ElementType, to: ElementType)
  /// A node reads a value that nothing before it makes: the graph is unsorted or broken.
  case undefinedValue(String, node: String)
  /// An output of the graph that neither a node nor an input provides.
  case undefinedOutput(String)
  /// Two definitions of one value; `node` makes the second, or is `graph inputs` or `initializers`.
  case duplicateValue(String, node: String)
  /// NaN in a stored tensor, or an infinity in a weight; `index` in row-major order.
  case nonFinite(parameter: String, index: Int)
  /// No stored weight can be pruned; `operations` are the operators that the graph has instead.
  case nothingPrunable(operations: [String])

  public var description: String {
    switch self {
    case .unknownParameter(let name):
      "the graph stores no tensor named '\(name)'; `autoprune inspect` lists the names"
    case .unstorable(let name, let from, let to):
      "cannot store \(from) values in '\(name)', which holds \(to); convert the model to float32 first"
    case .undefinedValue(let value, let node):
      "node '\(node)' reads '\(value)', which nothing before it defines; sort the nodes topologically or repair the export"
    case .undefinedOutput(let value):
      "the graph output '\(value)' is computed by no node; repair the export"
    case .duplicateValue(let value, let node):
      "node '\(node)' defines '\(value)' a second time; value names must be unique"
    case .nonFinite(let parameter, let index):
      "'\(parameter)' holds NaN or infinity at element \(index); retrain or repair the weights before pruning"
    case .nothingPrunable(let operations):
      "nothing to prune: no Conv, Gemm, MatMul or recurrent node with stored floating-point weights among \(operations.joined(separator: ", "))"
    }
  }
}
