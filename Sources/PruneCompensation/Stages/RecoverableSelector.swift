import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneSession

/// Selects by ``RecoverableCriterion``: keeps the weights that the rest of their output unit can least compensate for.
///
/// Gram matrices of wide layers are large, so layers are scored in groups whose matrices fit into memory together.
struct RecoverableSelector<E: Engine>: MaskSelector {
  let session: PruningSession<E>
  let examples: ExampleSet
  let objective: Objective
  let options: PruningOptions
  let settings: CompensationSettings

  private static var criterion: RecoverableCriterion { RecoverableCriterion() }

  func select(keeping density: Double) throws -> SelectedMasks {
    let state = try session.state(
      [], on: examples, limit: 0, batchSize: settings.pieceSize, objective: objective,
      seed: options.seed)
    let batches = session.calibrationBatches(
      from: examples, limit: options.calibrationExamples, batchSize: settings.pieceSize,
      seed: options.seed)
    var scores = [[Float]](repeating: [], count: state.layers.count)
    for group in groups {
      var kinds = Self.criterion.requiredStatistics
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
      let part = NetworkState(
        layers: layers, weights: group.map { state.weights[$0] },
        masks: group.map { state.masks[$0] }, statistics: statistics)
      for (index, values) in zip(group, Self.criterion.saliencies(of: part, seed: options.seed)) {
        scores[index] = values
      }
    }
    return SelectedMasks(
      masks: try ElementRanking.masks(keeping: density, scores: scores, of: state),
      selectedBy: .criterion(Self.criterion.name))
  }

  /// Layer indices in groups whose Gram matrices are held at the same time.
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

  /// Numbers in a layer's Gram matrices; `.max` where that overflows.
  private func gramCount(_ index: Int) -> Int {
    let layout = session.layers[index].layout
    let (square, overflows) = layout.inputs.multipliedReportingOverflow(by: layout.inputs)
    let (count, exceeds) = square.multipliedReportingOverflow(by: layout.groups)
    return overflows || exceeds ? .max : count
  }
}
