import PruneSelection

extension PredictorFitting {
  /// One short round on few states: shows what a fit does, and is worth little.
  public var quick: PredictorFitting {
    var copy = self
    copy.densities = [0.2]
    copy.temperatures = [0.1]
    copy.statesPerRound = 8
    copy.iterationsPerRound = 2
    copy.examplesPerState = 100
    copy.treeRounds = 1
    copy.selection.descendingPasses = 2
    copy.selection.targetPasses = 2
    copy.selection.examplesPerPass = 100
    copy.selection.validationExamples = 100
    return copy
  }
}
