/// A stored weight as independent matrices `[outputs, inputs]`: one per group of a convolution and one per direction of
/// recurrent state weights, a single one elsewhere.
public struct WeightBlocks: Hashable, Sendable {
  /// Number of blocks, at least 1.
  public let count: Int
  /// Per block.
  public let outputs: Int
  /// Per block.
  public let inputs: Int
  private let layout: WeightLayout
  /// Whether blocks part the layout's inputs and share its outputs, as in a transposed convolution.
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

  /// Flat position in the stored tensor.
  public func index(block: Int, output: Int, input: Int) -> Int {
    let place = place(block: block, output: output, input: input)
    return layout.index(output: place.output, input: place.input)
  }

  /// Index of a block's output among the layout's.
  public func output(_ output: Int, ofBlock block: Int) -> Int {
    partsInputs ? output : block * outputs + output
  }

  private func place(block: Int, output: Int, input: Int) -> (output: Int, input: Int) {
    partsInputs ? (output, block * inputs + input) : (block * outputs + output, input)
  }
}

extension PrunableLayer {
  /// The layer's weight as the matrices that it multiplies by.
  public var blocks: WeightBlocks { WeightBlocks(self) }
}
