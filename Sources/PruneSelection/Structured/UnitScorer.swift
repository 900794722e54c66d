import Foundation
import PruneCore
import PruneData
import PruneFeatures
import PrunePredictor
import PruneSession
import PruneSurgery

/// Scores units by what a ranking says of their connections.
struct UnitScorer<E: Engine> {
  struct Scores {
    /// By unit id, higher = keep; of residual branches by the id of their gate.
    var values: [Int: Double]
    let scope: RankingScope
    /// Whether scores are to be taken again as the network shrinks.
    let isIterated: Bool
  }

  let criterion: PruningCriterion
  let session: PruningSession<E>
  let examples: ExampleSet
  let objective: Objective
  let options: PruningOptions

  /// The score that decides: a predictor of single weights leaves units to their gates.
  var source: SelectionSource {
    if case .predictor(let predictor, _) = criterion, !predictor.ranksUnits {
      return PruningCriterion.units(.gate).source
    }
    return criterion.source
  }

  /// A branch has the score of its gate where the ranking knows gates, else that of its units
  /// together.
  ///
  /// - Parameters:
  ///   - gates: scores of gates of the network as it is.
  ///   - table: features of units, then of branches, of the network as it is.
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
      // The odds of p̂: what units cost together is the sum of what each does.
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

  /// Sums scores of connections over all slices of a unit; scores of outputs are averaged over the
  /// layers that make it.
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

  /// One score per output as equal parts of its connections.
  private static func spread(_ outputs: [Float], over layout: WeightLayout) -> [Float] {
    var values = [Float](repeating: 0, count: layout.outputs * layout.inputs)
    for (output, score) in outputs.enumerated() {
      for input in 0..<layout.inputs {
        values[layout.index(output: output, input: input)] = score / Float(layout.inputs)
      }
    }
    return values
  }

  /// `Σ |γ|` over the batch normalisations that a unit passes.
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
