/// A stored weight whose connections can be removed one by one.
public struct PrunableLayer: Hashable, Sendable {
  /// What multiplies by the weight.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// `Gemm` or `MatMul` with a stored matrix.
    case linear
    /// `Conv`, grouped and depth-wise ones included.
    case convolution
    /// `ConvTranspose`.
    case transposedConvolution
    /// Input-to-gate weights `W` of LSTM, GRU or RNN.
    case recurrentInput
    /// State-to-gate weights `R` of LSTM, GRU or RNN.
    case recurrentState
  }

  /// Unique and readable: the node's label, with `.W` or `.R` for recurrent weights.
  public let name: String
  /// Tells how the stored shape is to be read, see ``layout``.
  public let kind: Kind
  /// Value name of the stored tensor; see ``Graph/parameters()``.
  public let parameter: String
  /// As stored.
  public let shape: [Int]
  /// The shape as a matrix of connections.
  public let layout: WeightLayout
  /// Indices into ``Graph/nodes`` of the operators that multiply by this weight; more than one when tied.
  public let nodes: [Int]

  /// - Precondition: `layout` covers all elements of `shape`; usually `Graph.prunableLayers()` sees to it.
  public init(
    name: String, kind: Kind, parameter: String, shape: [Int], layout: WeightLayout, nodes: [Int]
  ) {
    self.name = name
    self.kind = kind
    self.parameter = parameter
    self.shape = shape
    self.layout = layout
    self.nodes = nodes
  }

  /// Number of connections, removed ones included.
  public var count: Int { layout.outputs * layout.inputs }
}

/// How a stored weight reads as a matrix `[outputs, inputs]`.
///
/// For a convolution `[O, I/g, kH, kW]` one input is one kernel position of one input channel:
/// `inputs = I/g · kH · kW`. A transposed convolution `[I, O/g, kH, kW]` has them on the other side: `inputs = I`,
/// `outputs = O/g · kH · kW`. For recurrent weights `outputs = directions · gates · hidden`.
public struct WeightLayout: Hashable, Sendable {
  /// Rows: outputs of all groups; of a transposed convolution, of one group and at each kernel position.
  public let outputs: Int
  /// Columns: inputs of one group, at each kernel position; of a transposed convolution, of all groups.
  public let inputs: Int
  /// Storage order: `false` for `[outputs, inputs]`, `true` for `[inputs, outputs]`.
  public let isInputMajor: Bool
  /// Convolution groups; 1 elsewhere.
  public let groups: Int
  /// Kernel positions per channel; 1 for linear and recurrent weights.
  public let kernelArea: Int

  /// A plain matrix `[outputs, inputs]` unless more is said.
  public init(
    outputs: Int, inputs: Int, isInputMajor: Bool = false, groups: Int = 1, kernelArea: Int = 1
  ) {
    self.outputs = outputs
    self.inputs = inputs
    self.isInputMajor = isInputMajor
    self.groups = groups
    self.kernelArea = kernelArea
  }

  /// Flat position in the stored tensor of the connection from `input` to `output`.
  @inlinable public func index(output: Int, input: Int) -> Int {
    isInputMajor ? input * outputs + output : output * inputs + input
  }
}
