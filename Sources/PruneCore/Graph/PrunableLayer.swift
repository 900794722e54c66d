/// A stored weight tensor whose elements can be pruned one by one.
public struct PrunableLayer: Hashable, Sendable {
  /// Kind of the operator that multiplies by the weight tensor.
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

  /// Unique, readable name: the node's label, with `.W` or `.R` for recurrent weights.
  public let name: String
  /// Kind of the operator, which determines ``layout``.
  public let kind: Kind
  /// Value name of the stored tensor; see ``Graph/parameters()``.
  public let parameter: String
  /// Stored shape.
  public let shape: [Int]
  /// The tensor as a matrix.
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

  /// Number of weights, pruned ones included.
  public var count: Int { layout.outputs * layout.inputs }
}

/// Layout of a stored weight tensor as a matrix `[outputs, inputs]`.
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

  /// Flat position in the stored tensor of the weight from `input` to `output`.
  @inlinable public func index(output: Int, input: Int) -> Int {
    isInputMajor ? input * outputs + output : output * inputs + input
  }
}

/// A stored weight tensor as independent matrices `[outputs, inputs]`: one per group of a convolution and per direction of
/// recurrent state weights, a single one elsewhere.
public struct WeightBlocks: Hashable, Sendable {
  /// Number of blocks, at least 1.
  public let count: Int
  /// Outputs of a block.
  public let outputs: Int
  /// Inputs of a block.
  public let inputs: Int
  private let layout: WeightLayout
  /// `true` where blocks divide the layout's inputs and share its outputs, as in a transposed convolution.
  private let partsInputs: Bool

  init(_ layer: PrunableLayer) {
    layout = layer.layout
    switch layer.kind {
    case .linear, .recurrentInput: count = 1
    case .convolution, .transposedConvolution: count = layer.layout.groups
    case .recurrentState: count = max(layer.shape.first ?? 1, 1)
    }
    partsInputs = layer.kind == .transposedConvolution
    outputs = partsInputs ? layout.outputs : layout.outputs / count
    inputs = partsInputs ? layout.inputs / count : layout.inputs
  }

  /// Flat position in the stored tensor of a block's weight.
  public func index(block: Int, output: Int, input: Int) -> Int {
    let place = place(block: block, output: output, input: input)
    return layout.index(output: place.output, input: place.input)
  }

  /// Position of a block's output among the layout's outputs.
  public func output(_ output: Int, ofBlock block: Int) -> Int {
    partsInputs ? output : block * outputs + output
  }

  private func place(block: Int, output: Int, input: Int) -> (output: Int, input: Int) {
    partsInputs ? (output, block * inputs + input) : (block * outputs + output, input)
  }
}

extension PrunableLayer {
  /// The layer's weight tensor as the matrices that the operator multiplies by.
  public var blocks: WeightBlocks { WeightBlocks(self) }
}
