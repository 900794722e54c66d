import PruneCore
import PruneData
import PruneFeatures
import PruneSurgery

/// Keeps the connections that their output unit can least make up for; see ``RecoverableSaliency``.
struct RecoverableSelection<E: Engine> {
  let session: PruningSession<E>
  let fit: ExampleSet
  let objective: Objective
  let options: PruningOptions
  let settings: CompensationSettings

  func masks(keeping density: Double) throws -> MaskSet {
    let state = try session.state(
      [], on: fit, limit: 0, batchSize: settings.pieceSize, objective: objective,
      seed: options.seed)
    let batches = session.calibrationBatches(
      from: fit, limit: options.calibrationExamples, batchSize: settings.pieceSize,
      seed: options.seed)
    var scores = [[Float]](repeating: [], count: state.layers.count)
    for group in groups {
      var kinds = RecoverableSaliency.requiredStatistics
      if group.count == 1, gramCount(group[0]) > settings.gramNumbers {
        kinds.remove(.inputGram)
      }
      let layers = group.map { state.layers[$0] }
      var statistics = [LayerStatistics](repeating: LayerStatistics(), count: group.count)
      for batch in batches {
        try session.engine.accumulate(
          kinds, for: layers, of: try session.program, on: batch, objective: objective,
          into: &statistics)
      }
      for (position, index) in group.enumerated() {
        scores[index] = RecoverableSaliency(layers[position], statistics: statistics[position])
          .scores(of: state.weights[index], kept: state.masks[index])
      }
    }
    return try ElementRanking.masks(keeping: density, scores: scores, of: state)
  }

  /// Layers whose Gram matrices are held at the same time.
  private var groups: [[Int]] {
    var result: [[Int]] = []
    var held = 0
    for index in session.layers.indices {
      let count = gramCount(index)
      if result.isEmpty || held > settings.gramNumbers - min(count, settings.gramNumbers) {
        result.append([])
        held = 0
      }
      result[result.count - 1].append(index)
      held += min(count, settings.gramNumbers)
    }
    return result
  }

  private func gramCount(_ index: Int) -> Int {
    let layout = session.layers[index].layout
    let (square, overflows) = layout.inputs.multipliedReportingOverflow(by: layout.inputs)
    let (count, exceeds) = square.multipliedReportingOverflow(by: layout.groups)
    return overflows || exceeds ? .max : count
  }
}
