import Foundation
import GSLNumerics
import PruneCore
package import PruneFeatures

/// Fits θ so that the change of the outputs without a set of units is the sum of the odds `p̂ / (1 − p̂) = exp(θᵀφ)` of its
/// units, up to one factor per state.
///
/// Logarithms are compared, under a loss that grows linearly from one nat on (pseudo-Huber): the changes span orders of
/// magnitude, and the smallest are noise.
///
/// - Source: probing sets rather than units as in SHAP's regression, Lundberg & Lee, *A Unified Approach to Interpreting
///   Model Predictions*, 2017, [arXiv:1705.07874](https://arxiv.org/abs/1705.07874), §4.1.
package struct UnitSetFit: Sendable {
  /// Weight of `½ ‖θ − θ₀‖²` against the mean loss.
  package var ridge = 1e-2
  /// Changes below this share of a state's median positive change are raised to it.
  package var floor = 0.05

  package init() {}

  /// - Parameter prior: predictor with θ₀, where the fit starts and what the ridge pulls to.
  /// - Throws: ``PredictorError/noData(_:)`` where no state has two sets, `NumericsError`.
  package func fit(
    _ states: [UnitProbes], from prior: LogisticPredictor
  ) throws -> LogisticPredictor {
    let problems = states.compactMap { Problem($0, prior: prior, floor: floor) }
    guard !problems.isEmpty else { throw PredictorError.noData("probed set of units") }
    var minimizer = Minimizer()
    minimizer.maximumIterations = 300
    minimizer.gradientTolerance = 1e-5
    let minimum = try minimizer.minimize(from: prior.coefficients) { point, gradient in
      var value = 0.0
      for index in gradient.indices {
        let offset = point[index] - prior.coefficients[index]
        value += 0.5 * ridge * offset * offset
        gradient[index] = ridge * offset
      }
      for problem in problems {
        let (loss, slope) = problem.loss(at: Array(point))
        value += loss / Double(problems.count)
        for index in slope.indices { gradient[index] += slope[index] / Double(problems.count) }
      }
      return value
    }
    var result = prior
    result.coefficients = minimum.point
    return result
  }

  /// Loss of a predictor, mean over states.
  package func loss(of predictor: LogisticPredictor, on states: [UnitProbes]) -> Double {
    let losses = states.compactMap {
      Problem($0, prior: predictor, floor: floor)?.loss(at: predictor.coefficients).value
    }
    return losses.reduce(0, +) / Double(max(1, losses.count))
  }

  /// Probes of one state, prepared for evaluation of the loss.
  private struct Problem {
    let evaluator: BasisEvaluator
    let density: Double
    let rowCount: Int
    let sets: [[Int]]
    let targets: [Double]

    init?(_ state: UnitProbes, prior: LogisticPredictor, floor: Double) {
      let positive = state.changes.filter { $0 > 0 }.sorted()
      guard state.changes.count > 1, let median = positive.dropFirst(positive.count / 2).first
      else { return nil }
      evaluator = BasisEvaluator(prior.basis, table: state.table)
      density = state.density
      rowCount = state.table.layers.first?.layer.count ?? 0
      sets = state.sets
      targets = state.changes.map { log(max($0, floor * median)) }
    }

    func loss(at coefficients: [Double]) -> (value: Double, gradient: [Double]) {
      let scores = evaluator.scores(coefficients, density: density)[0]
      var shares: [[Double]] = []
      let residuals = zip(sets, targets).map { set, target in
        let top = Double(set.map { scores[$0] }.max() ?? 0)
        let odds = set.map { exp(Double(scores[$0]) - top) }
        let sum = odds.reduce(0, +)
        shares.append(odds.map { $0 / sum })
        return top + log(sum) - target
      }
      // The factor of the state: the median is what the loss would choose for large residuals.
      let offset = Self.offset(residuals)
      var rows = [Float](repeating: 0, count: rowCount)
      var value = 0.0
      for (index, residual) in residuals.enumerated() {
        let centred = residual - offset
        let root = (1 + centred * centred).squareRoot()
        value += (root - 1) / Double(residuals.count)
        let slope = centred / root / Double(residuals.count)
        for (row, share) in zip(sets[index], shares[index]) { rows[row] += Float(slope * share) }
      }
      return (value, evaluator.pullback([rows], density: density))
    }

    /// The offset that minimises the loss, by Newton's method on a convex function.
    private static func offset(_ residuals: [Double]) -> Double {
      var offset = residuals.sorted()[residuals.count / 2]
      for _ in 0..<20 {
        var (slope, curvature) = (0.0, 0.0)
        for residual in residuals {
          let centred = residual - offset
          let root = (1 + centred * centred).squareRoot()
          slope += centred / root
          curvature += 1 / (root * root * root)
        }
        let step = slope / max(curvature, 1e-3 * Double(residuals.count))
        offset += min(1, max(-1, step))
        if step.magnitude < 1e-10 { break }
      }
      return offset
    }
  }
}

/// Sets of units removed from one state of a network, with the change of the outputs without each.
package struct UnitProbes: Sendable {
  /// Every feature of ``UnitFeatureRegistry``, a row per unit or branch that the state keeps.
  package let table: FeatureTable
  /// Share of the dense network's cost that the state keeps.
  package let density: Double
  /// Probed sets, as rows of the table.
  package let sets: [[Int]]
  /// Divergence from the dense outputs beyond that of the state, `[sets]`; below 0 where the outputs are closer without
  /// the set.
  package let changes: [Double]

  package init(table: FeatureTable, density: Double, sets: [[Int]], changes: [Double]) {
    self.table = table
    self.density = density
    self.sets = sets
    self.changes = changes
  }
}
