import Foundation
import PruneCore
import PruneFeatures
import PruneSupport
import Testing

@testable import PrunePredictor

@Suite("Unit set fit")
struct UnitSetFitTests {
  private let names = ["unit-log-gate", "unit-company", "unit-depth"]

  private func table(_ columns: [[Float]]) -> FeatureTable {
    let count = columns[0].count
    let layer = PrunableLayer(
      name: "units", kind: .linear, parameter: "units", shape: [count, 1],
      layout: WeightLayout(outputs: count, inputs: 1), nodes: [])
    return FeatureTable(names: names, layers: [LayerFeatures(layer: layer, columns: columns)])
  }

  private func predictor(_ coefficients: [Double]) -> LogisticPredictor {
    LogisticPredictor(
      basis: .products(of: names, sparsityPowers: [0]), coefficients: coefficients)
  }

  /// What sets cost if θ is right, times a factor of the state.
  private func state(
    _ truth: [Double], factor: Double, seed: UInt64, noise: Double = 0
  ) -> UnitProbes {
    var generator = SeededGenerator(seed: seed, stream: "units")
    let columns = names.map { _ in (0..<10).map { _ in Float(generator.normal()) } }
    let sets = (0..<16).map { index in
      Array((0..<10).shuffled(using: &generator).prefix(1 + index % 4))
    }
    let changes = sets.map { set in
      factor * exp(noise * generator.normal())
        * set.reduce(0.0) { sum, row in
          sum + exp(zip(truth, columns).reduce(0) { $0 + $1.0 * Double($1.1[row]) })
        }
    }
    return UnitProbes(table: table(columns), density: 1, sets: sets, changes: changes)
  }

  @Test("finds the θ that sets were made by, whatever the factor of a state")
  func recovery() throws {
    let truth = [1.3, -0.7, 0.4]
    let states = (1...3).map { state(truth, factor: pow(10, Double($0) - 2), seed: $0) }
    var fit = UnitSetFit()
    fit.ridge = 1e-8
    // Raising the smallest would bend what is exact here.
    fit.floor = 1e-9
    let fitted = try fit.fit(states, from: predictor([1, 0, 0]))
    for (found, wanted) in zip(fitted.coefficients, truth) {
      #expect(abs(found - wanted) < 1e-3, "\(fitted.coefficients)")
    }
    #expect(fit.loss(of: fitted, on: states) < 1e-6)
  }

  @Test("stays at the prior under a heavy ridge, and moves towards the truth under noise")
  func ridge() throws {
    let truth = [0.6, 0.9, -0.5]
    let states = (1...4).map { state(truth, factor: 1, seed: $0, noise: 0.3) }
    var fit = UnitSetFit()
    fit.ridge = 1e6
    let prior = predictor([1, 0, 0])
    let held = try fit.fit(states, from: prior)
    for (found, start) in zip(held.coefficients, prior.coefficients) {
      #expect(abs(found - start) < 1e-3)
    }
    fit.ridge = 1e-3
    let fitted = try fit.fit(states, from: prior)
    func distance(_ predictor: LogisticPredictor) -> Double {
      zip(predictor.coefficients, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(distance(fitted) < 0.2 * distance(prior))
    let others = (11...13).map { state(truth, factor: 1, seed: $0, noise: 0.3) }
    #expect(fit.loss(of: fitted, on: others) < fit.loss(of: prior, on: others))
  }

  @Test("has nothing to learn from states in which nothing costs anything")
  func nothing() {
    let idle = state([1, 0, 0], factor: 0, seed: 1)
    #expect(throws: PredictorError.noData("probed set of units")) {
      try UnitSetFit().fit([idle], from: predictor([1, 0, 0]))
    }
  }
}
