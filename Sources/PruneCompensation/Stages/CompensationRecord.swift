public import PruneCore

/// What compensated prunings did and took, for reports.
public struct CompensationRecord: Hashable, Sendable, Codable {
  /// Steps of density, each selected and made up for before the next.
  public var stages = 0
  /// Stages whose connections the ranking chose, rather than what their unit can make up for.
  public var rankedStages = 0
  /// Who selected the masks of the last stage.
  public var selectedBy: SelectionSource?
  /// Least-squares corrections tried, one per layer or part of a wide one, and those that lowered the held-out loss.
  public var triedCorrections = 0
  /// Those of the tried ones that lowered the held-out loss.
  public var keptCorrections = 0
  /// Fisher updates tried, and those that lowered it.
  public var triedFisherUpdates = 0
  /// Those of the tried ones that lowered the held-out loss.
  public var keptFisherUpdates = 0
  /// Evaluations of the held-out loss.
  public var evaluations = 0
  /// Gradients that selections took, each over a sample of the fit part.
  public var gradientEvaluations = 0
  /// That a predictor's adaptation took.
  public var adaptationSeconds = 0.0
  /// The same by its estimate, ``AdaptationOptions/computeBudgetSeconds``.
  public var adaptationComputeSeconds = 0.0
  /// Refinements that the clock ended.
  public var adaptationsCutShort = 0
  /// Optimizer steps.
  public var gradientSteps = 0
  /// Of the prunings with all of that.
  public var wallSeconds = 0.0

  /// Nothing done yet.
  package init() {}

  package static func + (left: CompensationRecord, right: CompensationRecord) -> CompensationRecord
  {
    var sum = left
    sum.stages += right.stages
    sum.rankedStages += right.rankedStages
    sum.selectedBy = right.selectedBy ?? left.selectedBy
    sum.triedCorrections += right.triedCorrections
    sum.keptCorrections += right.keptCorrections
    sum.triedFisherUpdates += right.triedFisherUpdates
    sum.keptFisherUpdates += right.keptFisherUpdates
    sum.evaluations += right.evaluations
    sum.gradientEvaluations += right.gradientEvaluations
    sum.adaptationSeconds += right.adaptationSeconds
    sum.adaptationComputeSeconds += right.adaptationComputeSeconds
    sum.adaptationsCutShort += right.adaptationsCutShort
    sum.gradientSteps += right.gradientSteps
    sum.wallSeconds += right.wallSeconds
    return sum
  }
}
