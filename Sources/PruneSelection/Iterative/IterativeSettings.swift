public import PruneCore

/// Constants of a selection in passes.
public struct IterativeSettings: Hashable, Sendable {
  /// Passes over which the density falls from that of the network to the target, by equal factors.
  public var descendingPasses = 8
  /// Passes at the target density.
  public var targetPasses = 12
  /// Part of the blended score that stays from pass to pass at the target, `0 ..< 1`.
  public var retention = 0.75
  /// Examples of each pass's gradient, drawn afresh.
  public var examplesPerPass = 1_000
  /// Examples that the masks of the settling passes are judged on.
  public var validationExamples = 1_000
  /// Whether the prior that every fit starts from selects as well, and the masks with the lower loss on the judging sample
  /// are taken: twice the passes.
  public var comparesWithPrior = true

  /// What is switched on and off as a unit.
  public var granularity = Granularity.element

  /// 20 passes over 1,000 examples each, unless set otherwise.
  public init() {}

  /// For one of many small steps between which the network is tuned: what a step takes wrongly, the next tuning shows.
  public static let smallStep: IterativeSettings = {
    var options = IterativeSettings()
    options.descendingPasses = 1
    options.targetPasses = 2
    options.comparesWithPrior = false
    options.examplesPerPass = 500
    options.validationExamples = 500
    return options
  }()

  /// One pass straight to the target: ranking once.
  public static let once: IterativeSettings = {
    var options = IterativeSettings()
    options.descendingPasses = 1
    options.targetPasses = 0
    options.comparesWithPrior = false
    return options
  }()
}

extension AdaptationOptions {
  /// Samples of the passes of a adaptation.
  var sampling: IterativeSettings {
    var options = IterativeSettings()
    options.examplesPerPass = examplesPerPass
    options.validationExamples = heldOutExamples
    return options
  }
}
