import Foundation
import PruneCore
package import PruneData
import PruneFeatures
package import PrunePredictor
import PruneSelection
import PruneSession
import PruneSupport
import PruneSurgery

extension StructuredSelector {
  /// Prunes down by the ranking, and at some states measures what sets of units cost; the network stays as it is.
  ///
  /// Normalisations are re-estimated without each set, as a run does after every step.
  ///
  /// - Parameter judged: other examples than those that the ranking and the features see.
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
          // Units of this kind make up too little of the cost to save more.
          break
        }
      }
      try bring(to: removal)
      result.append(try probes(probing, after: removal, judge: judge, using: &generator))
    }
    try session.restore(before)
    return result
  }

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
    let standing = try judge.divergence()
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
      // One by one a branch's units never go to the last.
      for branch in whole where branch.units.allSatisfy(without.removed.contains) {
        gone.subtract(branch.units)
        set.append(rows[branch.gate.id] ?? 0)
      }
      set += gone.compactMap { rows[$0] }
      guard !set.isEmpty else { continue }
      try bring(to: without)
      sets.append(set.sorted())
      changes.append(try judge.divergence() - standing)
      try session.restore(state)
    }
    return UnitProbes(table: table, density: share, sets: sets, changes: changes)
  }

  private func bring(to removal: UnitRemoval) throws {
    try session.apply(masks(removing: removal.removed))
    if session.hasNormalization {
      try session.reestimateNormalization(on: examples, options: options)
    }
  }
}
