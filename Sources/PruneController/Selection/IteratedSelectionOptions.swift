/// Constants of an ``IteratedSelection``.
public struct IteratedSelectionOptions: Hashable, Sendable {
  /// Passes over which the density falls from that of the network to the target, by equal factors.
  public var rampPasses = 8
  /// Passes at the target density.
  public var settlingPasses = 12
  /// Part of the blended score that stays from pass to pass at the target, `0 ..< 1`.
  public var retention = 0.75
  /// Examples of each pass's gradient, drawn afresh.
  public var examplesPerPass = 1_000
  /// Examples that the masks of the settling passes are judged on.
  public var judgingExamples = 1_000

  public init() {}
}
