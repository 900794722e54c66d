/// Set of statistics to collect; each costs memory of the size stated in ``LayerStatistics``.
public struct StatisticKinds: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Mean gradient of the loss, per weight.
  public static let gradient = StatisticKinds(rawValue: 1 << 0)
  /// Exact mean of squared and of absolute *per-example* gradients, per weight.
  public static let gradientMoments = StatisticKinds(rawValue: 1 << 1)
  /// Sums over the inputs of each layer, per input.
  public static let inputs = StatisticKinds(rawValue: 1 << 2)
  /// Sums over the outputs of each layer, per output.
  public static let outputs = StatisticKinds(rawValue: 1 << 3)
  /// Second-moment matrix of the inputs, `[inputs, inputs]` per group.
  public static let inputGram = StatisticKinds(rawValue: 1 << 4)
}

/// Sums over examples for one ``PrunableLayer``, accumulated batch by batch.
///
/// Arrays `[weights]` have the stored tensor's order; `inputs` and `outputs` are the layout's. A *position* is one
/// row of the layer's matrix product: an example for a linear layer, an output pixel of an example for a convolution,
/// a time step for a recurrent layer.
public struct LayerStatistics: Sendable {
  /// Number of examples seen.
  public var examples = 0
  /// Number of positions seen by input and output sums.
  public var positions = 0
  /// Σ over examples of the loss gradient, `[weights]`.
  public var gradientSum: [Float] = []
  /// Σ over examples of the squared per-example gradient, `[weights]`.
  public var gradientSquareSum: [Float] = []
  /// Σ over examples of the absolute per-example gradient, `[weights]`; empty where the exact cheap form of the
  /// square gives no absolute value and the plain form was not asked for.
  public var gradientAbsoluteSum: [Float] = []
  /// Σ over positions of the inputs, `[groups · inputs]`; padding counts as zero.
  public var inputSum: [Float] = []
  /// Σ over positions of squared inputs, `[groups · inputs]`.
  public var inputSquareSum: [Float] = []
  /// Σ over positions of the layer's raw output, `[outputs]`.
  public var outputSum: [Float] = []
  /// Σ over positions of the squared raw output, `[outputs]`.
  public var outputSquareSum: [Float] = []
  /// Σ over positions of |activation|, after the activation function that directly follows (through bias addition and
  /// batch norm); the raw output where none follows. `[outputs]`.
  public var activationAbsoluteSum: [Float] = []
  /// Number of positions where that activation is exactly zero, `[outputs]`.
  public var activationZeroCount: [Float] = []
  /// The optimizer's running mean of squared gradients, `[weights]`; empty before training or where it was not asked
  /// for.
  public var secondMoment: [Float] = []
  /// Σ over positions of `x xᵀ`, `[groups, inputs, inputs]`, row-major.
  public var inputGram: [Float] = []

  /// Statistics of no example; arrays are empty until their statistic is first added.
  public init() {}
}

/// Sums over positions of products of a layer's inputs `x` and residuals `r`, per block, for a least-squares fit of the
/// layer's product to that of a reference.
///
/// `r = W′x′ − W x`, where `W′` and `x′` are the reference's weights and inputs, without biases and without Gemm's
/// `alpha`. Blocks are those of ``PrunableLayer/blocks``; for a *position* see ``LayerStatistics``.
public struct ResidualMoments: Sendable {
  /// Inputs of each block that are summed over, ascending; the same in every block.
  public let features: [Int]
  /// The matrices that the layer's weight splits into; all sums are kept per block.
  public let blocks: WeightBlocks
  /// Number of positions added so far.
  public private(set) var positions = 0.0
  /// Σ x xᵀ, `[blocks, features, features]`, row-major.
  public private(set) var gram: [Double]
  /// Σ x rᵀ, `[blocks, features, outputs]`, row-major.
  public private(set) var cross: [Double]
  /// Σ x, `[blocks, features]`.
  public private(set) var featureSum: [Double]
  /// Σ r, `[blocks, outputs]`.
  public private(set) var residualSum: [Double]

  /// Moments of no position.
  ///
  /// - Parameter features: inputs of a block; memory grows with the square of their number.
  /// - Precondition: features ascend and are within the block.
  public init(_ layer: PrunableLayer, features: [Int]) {
    blocks = layer.blocks
    precondition(
      zip(features, features.dropFirst()).allSatisfy(<) && (features.first ?? 0) >= 0
        && (features.last ?? -1) < blocks.inputs,
      "features of '\(layer.name)' must ascend within 0 ..< \(blocks.inputs)")
    self.features = features
    let (count, width) = (blocks.count, features.count)
    gram = [Double](repeating: 0, count: count * width * width)
    cross = [Double](repeating: 0, count: count * width * blocks.outputs)
    featureSum = [Double](repeating: 0, count: count * width)
    residualSum = [Double](repeating: 0, count: count * blocks.outputs)
  }

  /// Adds the sums over some positions; the arrays have the layout of the properties of the same names.
  public mutating func add(
    positions: Double, gram: [Float], cross: [Float], featureSum: [Float], residualSum: [Float]
  ) {
    self.positions += positions
    Self.add(gram, to: &self.gram)
    Self.add(cross, to: &self.cross)
    Self.add(featureSum, to: &self.featureSum)
    Self.add(residualSum, to: &self.residualSum)
  }

  private static func add(_ values: [Float], to sums: inout [Double]) {
    precondition(values.count == sums.count, "\(values.count) values for \(sums.count) sums")
    sums.withUnsafeMutableBufferPointer { sums in
      values.withUnsafeBufferPointer { values in
        for index in sums.indices { sums[index] += Double(values[index]) }
      }
    }
  }
}
