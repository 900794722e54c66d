import Foundation
import PruneCore
package import PruneData
import PruneFeatures
package import PrunePredictor
import PruneSelection
import PruneSession
import PruneSupport
import PruneSurgery

/// Settings of the probing of units, all chosen by hand.
package struct UnitProbing: Sendable {
  /// Number of states from dense to ``lowest``, evenly spread over the logarithm of the cost.
  package var states = 8
  /// Density of the last state, as a share of the cost.
  package var lowest = 0.2
  /// Number of sets probed at every state.
  package var sets = 24
  /// Standard deviations, in nats, of the noise on the logarithm of the scores that sets are drawn by, in turn.
  package var noise = [0.5, 1, 2, 4]
  /// Shares of the cost that sets have, in turn; 0 is a single unit.
  package var shares = [0, 0.02, 0.05, 0.1]

  package init() {}
}

extension StructuredSelector {
  /// Prunes by the pruning criterion to several states and measures the divergence that sets of units cause at each; the
  /// network is restored afterwards.
  ///
  /// Normalisation statistics are re-estimated without each set, as a run does after every step.
  ///
  /// - Parameters:
  ///   - probing: settings of the probing.
  ///   - judged: examples that the divergence is measured on, others than the criterion and the features see.
  /// - Returns: probes of each state reached.
  package func probes(_ probing: UnitProbing, judged: ExampleSet) throws -> [UnitProbes] {
    let before = try session.snapshot()
    let judge = try DivergenceJudge(
      judged, of: session, isClassifier: isClassifier, batchSize: options.batchSize)
    var generator = SeededGenerator(seed: options.seed, stream: "unit probes")
    var removal = UnitRemoval(analysis, removed: removedUnits(in: session.masks))
    var result: [UnitProbes] = []
    for state in 0..<probing.states {
      let density = pow(probing.lowest, Double(state) / Double(max(1, probing.states - 1)))
      if state > 0 {
        do {
          removal = UnitRemoval(
            analysis, removed: removedUnits(in: try masks(keeping: density)))
        } catch SelectionError.tooFew {
          // Units of this kind have too small a share of the cost to prune further.
          break
        }
      }
      try bring(to: removal)
      result.append(try probes(probing, after: removal, judge: judge, using: &generator))
    }
    try session.restore(before)
    return result
  }

  /// Probes of one state.
  private func probes(
    _ probing: UnitProbing, after removal: UnitRemoval, judge: DivergenceJudge<E>,
    using generator: inout SeededGenerator
  ) throws -> UnitProbes {
    let state = try session.snapshot()
    let left = units.filter { !removal.removed.contains($0.id) }
    let whole = branches.filter(removal.canRemove)
    let share = cost.value(removing: removal.removed)
    let names = UnitFeatureRegistry.descriptors.map(\.name)
    let table = try table(names, of: left, branches: whole, after: removal, towards: 0)
    let rows = Dictionary(
      (left + whole.map(\.gate)).enumerated().map { ($1.id, $0) }, uniquingKeysWith: min)
    let gates = try gates(of: left + whole.map(\.gate))
    let divergenceBefore = try judge.divergence()
    var sets: [[Int]] = []
    var changes: [Double] = []
    for index in 0..<probing.sets {
      let noise = probing.noise[index % probing.noise.count]
      let part = probing.shares[index / probing.noise.count % probing.shares.count]
      let perturbed = gates.sorted { $0.key < $1.key }.map { id, score in
        (id, max(score, 1e-30) * exp(noise * generator.normal()))
      }
      var without = removal
      without.remove(
        downTo: share * (1 - max(part, 1e-9)),
        choosing: RemovalChoice(
          scores: Dictionary(perturbed, uniquingKeysWith: { $1 }),
          units: single.subtracting(removal.removed), branches: whole, cost: cost, goal: 0))
      var gone = without.removed.subtracting(removal.removed)
      var set: [Int] = []
      // Unit by unit, the last unit of a branch is never pruned.
      for branch in whole where branch.units.allSatisfy(without.removed.contains) {
        gone.subtract(branch.units)
        set.append(rows[branch.gate.id] ?? 0)
      }
      set += gone.compactMap { rows[$0] }
      guard !set.isEmpty else { continue }
      try bring(to: without)
      sets.append(set.sorted())
      changes.append(try judge.divergence() - divergenceBefore)
      try session.restore(state)
    }
    return UnitProbes(table: table, density: share, sets: sets, changes: changes)
  }

  /// Prunes the network to a removal and re-estimates its normalisation statistics.
  private func bring(to removal: UnitRemoval) throws {
    try session.apply(masks(removing: removal.removed))
    if session.hasNormalization {
      try session.reestimateNormalization(on: examples, options: options)
    }
  }
}

/// Measures the divergence of a session's network from the dense one: the Kullback–Leibler divergence of the outputs up to a
/// constant, or their mean squared error where they are values.
struct DivergenceJudge<E: Engine> {
  private let session: PruningSession<E>
  private let batches: [Batch]
  private let objective: Objective

  init(
    _ examples: ExampleSet, of session: PruningSession<E>, isClassifier: Bool, batchSize: Int
  ) throws {
    self.session = session
    objective = isClassifier ? .distillation(temperature: 1, labelWeight: 0) : .meanSquaredError
    let dense = try session.engine.prepare(session.graph)
    batches = try stride(from: 0, to: examples.count, by: batchSize).map { start in
      let inputs = examples.batch(start..<min(examples.count, start + batchSize)).inputs
      var batch = Batch(inputs: inputs)
      let outputs = try session.engine.run(dense, on: inputs)
      batch.teacher = outputs
      if !isClassifier { batch.targets = .values(outputs[0]) }
      return batch
    }
  }

  /// Mean divergence over the examples.
  func divergence() throws -> Double {
    var (sum, count) = (0.0, 0)
    for batch in batches {
      let loss = try session.engine.gradients(
        of: try session.program, on: batch, objective: objective, for: []
      ).loss
      sum += loss * Double(batch.count)
      count += batch.count
    }
    return sum / Double(max(1, count))
  }
}
