/// Whether and how the weights that stay make up for those that go.
public enum Compensation: String, Hashable, Sendable, Codable, CaseIterable {
  case none
  /// Least squares of the dense layers' outputs and a low-rank Fisher update, each kept only where the loss on held-out
  /// examples falls; no training.
  case closedForm
  /// The same with a bounded number of gradient steps after each stage.
  case firstOrder
}

/// What a compensated pruning did, for reports.
public struct CompensationRecord: Hashable, Sendable, Codable {
  public var stages = 0
  /// Corrections of layers that lowered the held-out loss, and those that were tried.
  public var keptCorrections = 0
  public var triedCorrections = 0
  /// Fisher updates that lowered it, of one try per stage.
  public var keptFisherUpdates = 0
  /// Evaluations of the held-out loss.
  public var evaluations = 0
  public var gradientSteps = 0
  public var wallSeconds = 0.0

  public init() {}
}
