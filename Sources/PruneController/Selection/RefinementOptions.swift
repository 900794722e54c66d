/// How long, and how boldly, a predictor's θ is refined on the network at hand.
public struct RefinementOptions: Hashable, Sendable {
  /// Passes beyond those of the selection, each one step of θ.
  public var passes = 100
  /// No pass of a selection begins after this.
  public var budgetSeconds = 10.0
  /// Largest change of a correction per pass, in scores per standard deviation of a feature; falls to a tenth.
  public var learningRate = 0.02
  /// Of the relaxed selection whose loss is differentiated, in standard deviations of the scores.
  public var temperature = 0.07
  /// Weight of `½ ‖c‖²` that pulls the corrections to 0, the predictor as it was fitted.
  public var ridge = 1e-3
  /// Examples of a pass's step, beside as many for the features.
  public var examplesPerPass = 1_000
  /// Examples of the fit part on which alone it is judged whether the refined selection is better; at most a quarter.
  public var guardExamples = 3_000
  /// Passes between two judgements.
  public var judgingInterval = 4

  /// - Parameter budgetSeconds: wall time after which no pass of a selection begins.
  public init(budgetSeconds: Double = 10) {
    self.budgetSeconds = budgetSeconds
  }
}
