import Foundation
import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSession
import PruneSurgery

/// Scores units by a pruning criterion.
struct UnitScorer<E: Engine> {
  /// Scores of units and branches.
  struct Scores {
    /// Scores by unit id, or by the id of a branch's gate; higher = keep.
    var values: [Int: Double]
    /// Scope in which the scores can be compared.
    let scope: RankingScope
    /// `true` where scores must be computed anew as units are pruned.
    let isIterated: Bool
  }

  let criterion: PruningCriterion
  let session: PruningSession<E>
  /// Training part; statistics are taken on a sample of it.
  let examples: ExampleSet
  let objective: Objective
  let options: PruningOptions

  /// Source of the scores; gate saliencies in place of a predictor of single weights.
  var source: SelectionSource {
    if case .predictor(let predictor, _) = criterion, !predictor.ranksUnits {
      return PruningCriterion.units(.gate).source
    }
    return criterion.source
  }

  /// Scores of units and branches. A branch has the score of its gate where the criterion scores gates,
  /// otherwise the sum of its units' scores.
  ///
  /// - Parameters:
  ///   - density: share of the cost to keep, for predictors.
  ///   - gates: computes gate saliencies on the current network.
  ///   - table: computes features of units, then of branches, on the current network.
  func scores(
    of units: [CoupledUnit], branches: [ResidualBranch], keeping density: Double,
    gates: ([CoupledUnit]) throws -> [Int: Double],
    table: (_ names: [String], [CoupledUnit], [ResidualBranch]) throws -> FeatureTable
  ) throws -> Scores {
    var scores: Scores
    switch criterion {
    case .predictor(let predictor, _) where predictor.ranksUnits:
      let table = try table(predictor.featureNames, units, branches)
      let rows = predictor.scores(for: table, targetDensity: density).first ?? []
      let ids = (units + branches.map(\.gate)).map(\.id)
      // Odds of p̂: losses of units add up, and so do odds.
      return Scores(
        values: Dictionary(zip(ids, rows.map { exp(Double($0)) }), uniquingKeysWith: { $1 }),
        scope: .global, isIterated: true)
    case .predictor, .units(.gate):
      return Scores(
        values: try gates(units + branches.map(\.gate)), scope: .global, isIterated: true)
    case .units(.normalizationScale):
      scores = Scores(
        values: try normalizationScales(of: units), scope: .global, isIterated: false)
    case .criterion(let criterion):
      let state = try session.state(
        criterion.requiredStatistics, on: examples, limit: options.calibrationExamples,
        batchSize: options.batchSize, objective: objective, seed: options.seed)
      scores = Scores(
        values: aggregate(
          criterion.saliencies(of: state, seed: options.seed), of: units,
          scoresOutputs: criterion.granularity == .channel),
        scope: criterion.scope, isIterated: false)
    }
    for branch in branches {
      scores.values[branch.gate.id] = branch.units.reduce(0) { $0 + (scores.values[$1] ?? 0) }
    }
    return scores
  }

  /// Scores of units from those of weights, summed over all slices of a unit, or from those of outputs,
  /// averaged over the layers that make it.
  private func aggregate(
    _ saliencies: [[Float]], of units: [CoupledUnit], scoresOutputs: Bool
  ) -> [Int: Double] {
    let layers = Dictionary(
      session.layers.enumerated().map { ($1.parameter, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    func isWanted(_ slice: ParameterSlice) -> Bool {
      layers[slice.parameter] != nil && !(scoresOutputs && slice.isConsumed)
    }
    let axes = AxisSums.axes(of: units, where: isWanted)
    var sums = AxisSums()
    for (parameter, wanted) in axes {
      guard let index = layers[parameter] else { continue }
      let layer = session.layers[index]
      let scores = saliencies[index]
      let values =
        scores.count == layer.count ? scores : Self.spread(scores, over: layer.layout)
      sums.add(values, of: parameter, shape: layer.shape, axes: wanted)
    }
    return units.reduce(into: [:]) { result, unit in
      let slices = unit.slices.filter(isWanted)
      let sum = slices.reduce(0) { $0 + sums.sum(over: $1) }
      result[unit.id] = scoresOutputs ? sum / Double(max(1, slices.count)) : sum
    }
  }

  /// Scores of outputs, split equally among each output's weights.
  private static func spread(_ outputs: [Float], over layout: WeightLayout) -> [Float] {
    var values = [Float](repeating: 0, count: layout.outputs * layout.inputs)
    for (output, score) in outputs.enumerated() {
      for input in 0..<layout.inputs {
        values[layout.index(output: output, input: input)] = score / Float(layout.inputs)
      }
    }
    return values
  }

  /// Sum `Σ |γ|` over the batch normalisations that a unit passes through, by unit id.
  ///
  /// - Source: Liu et al., *Learning Efficient Convolutional Networks through Network Slimming*, 2017,
  ///   [arXiv:1708.06519](https://arxiv.org/abs/1708.06519), §3.
  private func normalizationScales(of units: [CoupledUnit]) throws -> [Int: Double] {
    let names = Set(
      session.graph.nodes.filter { $0.operation == "BatchNormalization" && $0.inputs.count > 1 }
        .map { $0.inputs[1] })
    guard !names.isEmpty else { throw SelectionError.noNormalization }
    let parameters = try session.engine.parameters(of: try session.program)
    var sums = AxisSums()
    for name in names {
      guard let tensor = parameters[name], let values = tensor.floats else { continue }
      sums.add(values.map(\.magnitude), of: name, shape: tensor.shape, axes: [0])
    }
    return units.reduce(into: [:]) { result, unit in
      result[unit.id] = unit.slices.reduce(0) {
        names.contains($1.parameter) ? $0 + sums.sum(over: $1) : $0
      }
    }
  }
}
