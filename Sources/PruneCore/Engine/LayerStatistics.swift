/// Which statistics to collect; each costs memory of the size stated in ``LayerStatistics``.
public struct StatisticKinds: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Mean gradient of the loss, per connection.
  public static let gradient = StatisticKinds(rawValue: 1 << 0)
  /// Exact mean of squared and of absolute *per-example* gradients, per connection.
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
/// Connection arrays have the stored tensor's order; `inputs` and `outputs` are the layout's. A *position* is
/// one row of the layer's matrix product: an example for a linear layer, an output pixel of an example for a
/// convolution, a time step for a recurrent layer.
public struct LayerStatistics: Sendable {
  /// Number of examples seen.
  public var examples = 0
  /// Number of positions seen by input and output sums.
  public var positions = 0
  /// Σ over examples of the loss gradient, `[connections]`.
  public var gradientSum: [Float] = []
  /// Σ over examples of the squared per-example gradient, `[connections]`.
  public var gradientSquareSum: [Float] = []
  /// Σ over examples of the absolute per-example gradient, `[connections]`; empty where the exact cheap form of the
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
  /// Σ over positions of `x xᵀ`, `[groups, inputs, inputs]`, row-major.
  public var inputGram: [Float] = []

  /// Nothing seen yet; arrays are empty until their statistic is first added.
  public init() {}
}
