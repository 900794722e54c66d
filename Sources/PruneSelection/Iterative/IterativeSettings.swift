public import PruneCore

/// Settings of a selection run in passes; the defaults are chosen by hand.
public struct IterativeSettings: Hashable, Sendable {
  /// Number of passes over which the density falls from that of the network to the target, by equal factors; > 0.
  public var descendingPasses = 8
  /// Number of passes at the target density.
  public var targetPasses = 12
  /// Part of the earlier blended score in a pass's score at the target, `0 ..< 1`; see `BlendedScores`.
  public var retention = 0.75
  /// Number of examples of each pass's gradient, drawn anew for every pass.
  public var examplesPerPass = 1_000
  /// Number of examples of the validation sample, on which the masks of the target passes are compared.
  public var validationExamples = 1_000
  /// `true` selects by the prior that every fit starts from as well, and takes the masks with the lower loss on the
  /// validation sample; doubles the passes.
  public var comparesWithPrior = true

  /// Unit of pruning and regrowth.
  public var granularity = Granularity.element

  /// 20 passes over 1,000 examples each, unless set otherwise.
  public init() {}

  /// Settings of one of many small steps with fine-tuning in between, whose gradients correct wrong choices: 3 passes
  /// over 500 examples, without the prior.
  public static let smallStep: IterativeSettings = {
    var options = IterativeSettings()
    options.descendingPasses = 1
    options.targetPasses = 2
    options.comparesWithPrior = false
    options.examplesPerPass = 500
    options.validationExamples = 500
    return options
  }()

  /// Settings of a single pass to the target density: one-shot selection.
  public static let once: IterativeSettings = {
    var options = IterativeSettings()
    options.descendingPasses = 1
    options.targetPasses = 0
    options.comparesWithPrior = false
    return options
  }()
}

extension AdaptationOptions {
  /// Sample sizes of an adaptation's passes.
  var sampling: IterativeSettings {
    var options = IterativeSettings()
    options.examplesPerPass = examplesPerPass
    options.validationExamples = heldOutExamples
    return options
  }
}
