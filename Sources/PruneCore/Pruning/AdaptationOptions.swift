/// How long, and how boldly, a predictor's θ is refined on the network at hand.
public struct AdaptationOptions: Hashable, Sendable {
  /// Passes beyond those of the selection, each one step of θ.
  public var passes = 100
  /// Bounds the passes by what they cost, as estimated from the sizes of the network and of the
  /// samples alone, so that a run repeats on a loaded or a faster machine: seconds of 2 cores of an ordinary machine.
  public var computeBudgetSeconds = 10.0
  /// No pass of a selection begins after this. Where it cuts in, which is reported, a repeated run may take other masks.
  public var limitSeconds = 60.0
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

  /// The estimate as the bound, and a minute as the limit.
  public init() {}

  /// Bounded by the clock in place of the estimate, so that a repeated run may take other masks.
  public static func within(seconds: Double) -> AdaptationOptions {
    var options = AdaptationOptions()
    options.computeBudgetSeconds = .infinity
    options.limitSeconds = seconds
    return options
  }
}
