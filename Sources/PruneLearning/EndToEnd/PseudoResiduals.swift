import PruneCore
import PruneFeatures
import PrunePredictor
import PruneSelection
import PruneSupport

/// Sampled weights with their pseudo-residuals: the negative gradient of the loss after pruning, through the relaxed
/// selection, with respect to each score.
///
/// A tree that is fitted to them by least squares takes the step of steepest descent that trees of its size can take.
///
/// - Source: Friedman, *Greedy function approximation: a gradient boosting machine*, Annals of Statistics 29, 2001, §3.
struct PseudoResiduals {
  /// Rows with raw features in the order of the names given, and the target sparsity's coordinate last; groups are
  /// those of the tasks, row weights make every task count the same.
  private(set) var rows: LabelledRows
  /// Scores at mean 0 and standard deviation 1 over each task, `[rows]`.
  private(set) var scores: [Float] = []
  /// Negative gradients at root mean square 1 over each task, clamped to ± 3, `[rows]`.
  private(set) var residuals: [Float] = []

  /// Bound of residuals, chosen by hand: the largest come from a few weights at the threshold, none of which may decide a leaf
  /// alone.
  private static let clampLimit: Float = 3

  /// - Parameters:
  ///   - predictor: predictor at whose scores the gradient is taken.
  ///   - temperature: temperature of the relaxed selection, in standard deviations of the scores.
  ///   - rowsPerTask: expected number of weights drawn from each task; all where it has fewer.
  /// - Throws: ``PredictorError``, `EngineError`; the programs have the weights of their states again.
  init<E: Engine>(
    of predictor: some ImportancePredictor, on tasks: [PruningTask<E.Program>], engine: E,
    featureNames: [String], targetSparsity: TargetSparsity, temperature: Double,
    rowsPerTask: Int, generator: inout SeededGenerator
  ) throws {
    rows = try LabelledRows(columns: (0...featureNames.count).map { _ in [] }, labels: [])
    for task in tasks {
      let runner = MaskedRunner(
        engine: engine, program: task.program, state: task.state, batches: task.batches,
        objective: task.objective)
      for density in task.densities {
        let raw = predictor.scores(for: task.table, targetDensity: density)
        let standard = BlendedScores(raw, masks: task.state.masks, retention: 0)
        let blend = task.earlier.map { BlendedScores(raw, masks: task.state.masks, earlier: $0) }
        let relaxed = RelaxedSelection(
          scores: blend?.values ?? standard.values, masks: task.state.masks,
          keptCount: density * Double(task.state.weightCount), temperature: temperature)
        let gradients = relaxed.scoreGradients(
          try runner.lossAndGradient(softMask: relaxed.softMask).gradients)
        let drawn = Self.draw(rowsPerTask, of: task.state, &generator)
        append(
          task, drawn, scores: standard.values, gradients: gradients, featureNames: featureNames,
          coordinate: Float(targetSparsity.coordinate(density: density)))
      }
      try runner.restore()
    }
  }

  /// Adds the drawn weights of one task at one density.
  private mutating func append<Program>(
    _ task: PruningTask<Program>, _ drawn: [(layer: Int, weight: Int)], scores: [[Float]],
    gradients: [[Float]], featureNames: [String], coordinate: Float
  ) {
    let own = drawn.map { gradients[$0.layer][$0.weight] }
    let squares = own.reduce(0) { $0 + Double($1) * Double($1) }
    guard squares > 0, squares.isFinite else { return }
    let scale = Float((Double(own.count) / squares).squareRoot())
    for (feature, name) in featureNames.enumerated() {
      let column = task.table.columnIndex(of: name)
      rows.columns[feature] += drawn.map {
        task.table.layers[$0.layer].columns[column][$0.weight]
      }
    }
    rows.columns[featureNames.count] += own.map { _ in coordinate }
    rows.labels += own.map { _ in 0 }
    rows.weights += own.map { _ in 1000 / Float(own.count) }
    rows.groups += own.map { _ in task.group }
    self.scores += drawn.map { scores[$0.layer][$0.weight] }
    residuals += own.map { max(-Self.clampLimit, min(Self.clampLimit, -$0 * scale)) }
  }

  /// Sample of kept weights, `count` of them in expectation, evenly over the network.
  private static func draw(
    _ count: Int, of state: NetworkState, _ generator: inout SeededGenerator
  ) -> [(layer: Int, weight: Int)] {
    let left = state.layers.indices.reduce(0) {
      $0 + (state.masks[$1]?.keptCount ?? state.layers[$1].count)
    }
    let chance = Double(count) / Double(max(left, 1))
    return state.layers.indices.flatMap { layer in
      (0..<state.layers[layer].count).compactMap { weight in
        guard state.masks[layer]?.kept[weight] ?? true,
          chance >= 1 || generator.uniform() < chance
        else { return nil }
        return (layer, weight)
      }
    }
  }
}
