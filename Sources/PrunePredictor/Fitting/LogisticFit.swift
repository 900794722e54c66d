import Foundation
import GSLNumerics

/// Ridge logistic regression, fitted by GSL's BFGS in variables scaled by the curvature.
///
/// Minimises `Σ weight · loss + ½ ridge · ‖θ‖²`; the intercept is not penalised. (scikit-learn's `C` is `1 / ridge`.)
///
/// - Source: Cox, *The regression analysis of binary sequences*, JRSS B 20, 1958; le Cessie & van Houwelingen,
///   *Ridge estimators in logistic regression*, Applied Statistics 41, 1992.
public struct LogisticFit: Hashable, Sendable {
  public enum Ridge: Hashable, Sendable {
    case fixed(Double)
    /// The ridge in this range with the highest likelihood on held-out families, found by Brent's method on a log
    /// scale.
    case crossValidated(ClosedRange<Double>)
  }

  public var ridge = Ridge.fixed(1)
  public var hasIntercept = true
  public var gradientTolerance = 1e-7
  public var maximumIterations = 1000
  public var maximumFolds = 5

  public init() {}

  public struct Solution: Hashable, Sendable {
    /// One per column.
    public var coefficients: [Double]
    /// 0 without an intercept.
    public var intercept: Double
    public var ridge: Double
    /// Mean negative log-likelihood per unit of weight on the rows it was fitted to, without the ridge.
    public var meanLoss: Double
    /// The same on held-out families, at the chosen ridge; `nil` for a fixed ridge.
    public var heldOutLoss: Double?
    public var iterations: Int
    public var evaluations: Int
  }

  /// - Throws: ``PredictorError``, ``NumericsError``.
  public func fit(_ rows: LabelledRows) throws -> Solution {
    try validate(rows)
    switch ridge {
    case .fixed(let ridge): return try fit(rows, ridge: ridge, start: nil)
    case .crossValidated(let range):
      let (ridge, loss) = try chooseRidge(rows, range)
      var solution = try fit(rows, ridge: ridge, start: nil)
      solution.heldOutLoss = loss
      return solution
    }
  }

  /// Mean negative log-likelihood of a solution on other rows.
  public func meanLoss(of solution: Solution, on rows: LabelledRows) -> Double {
    var gradient: [Double]?
    return LogisticObjective(rows, hasIntercept: true)
      .meanLoss(at: solution.coefficients + [solution.intercept], gradient: &gradient)
  }

  private func validate(_ rows: LabelledRows) throws(PredictorError) {
    guard let first = rows.labels.first else { throw .noData("labelled row") }
    let isMixed = rows.labels.contains { $0 != first } || (first > 0 && first < 1)
    guard isMixed else { throw .oneClass(rows: rows.count, label: first) }
    if !rows.weights.isEmpty, !rows.weights.contains(where: { $0 > 0 }) {
      throw .noData("row with a weight above 0")
    }
    let values =
      switch ridge {
      case .fixed(let value): [value]
      case .crossValidated(let range): [range.lowerBound, range.upperBound]
      }
    if let value = values.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .outOfRange(what: "the ridge", got: "\(value)", expected: "a finite number >= 0")
    }
  }

  private func fit(_ rows: LabelledRows, ridge: Double, start: [Double]?) throws -> Solution {
    let objective = LogisticObjective(rows, hasIntercept: hasIntercept)
    let columnCount = rows.columns.count
    var minimizer = Minimizer()
    minimizer.gradientTolerance = gradientTolerance
    minimizer.maximumIterations = maximumIterations
    minimizer.valueTolerance = 1e-14
    minimizer.scaling = .curvature(objective.curvature(ridge: ridge))
    let penalty = ridge / objective.totalWeight
    let origin = start ?? [Double](repeating: 0, count: objective.parameterCount)
    guard !origin.isEmpty else { throw PredictorError.noData("column") }
    let minimum = try minimizer.minimize(from: origin) { point, gradient in
      var slope: [Double]? = []
      var value = objective.meanLoss(at: point, gradient: &slope)
      gradient = slope ?? gradient
      for index in 0..<columnCount {
        value += 0.5 * penalty * point[index] * point[index]
        gradient[index] += penalty * point[index]
      }
      return value
    }
    var none: [Double]?
    return Solution(
      coefficients: Array(minimum.point.prefix(columnCount)),
      intercept: hasIntercept ? minimum.point[columnCount] : 0, ridge: ridge,
      meanLoss: objective.meanLoss(at: minimum.point, gradient: &none),
      iterations: minimum.iterations, evaluations: minimum.evaluations)
  }

  private func chooseRidge(
    _ rows: LabelledRows, _ range: ClosedRange<Double>
  ) throws -> (ridge: Double, heldOutLoss: Double) {
    guard range.lowerBound > 0, range.lowerBound < range.upperBound else {
      throw PredictorError.outOfRange(
        what: "the range of ridges", got: "\(range)", expected: "two different numbers > 0")
    }
    let folds = try CrossValidation(families: rows.families, maximumFolds: maximumFolds).folds
    let parts = folds.map { (rows.subset($0.training), rows.subset($0.heldOut)) }
    for (training, _) in parts { try validate(training) }
    var starts = [[Double]?](repeating: nil, count: parts.count)
    var search = ScalarMinimizer()
    search.tolerance = 0.05
    search.gridPoints = 5
    let best = try search.minimize(in: log(range.lowerBound)...log(range.upperBound)) { logRidge in
      var (loss, weight) = (0.0, 0.0)
      for (index, (training, heldOut)) in parts.enumerated() {
        let solution = try fit(training, ridge: exp(logRidge), start: starts[index])
        starts[index] = solution.coefficients + (hasIntercept ? [solution.intercept] : [])
        let share = LogisticObjective(heldOut, hasIntercept: hasIntercept).totalWeight
        loss += share * meanLoss(of: solution, on: heldOut)
        weight += share
      }
      return loss / max(weight, .leastNormalMagnitude)
    }
    return (exp(best.point), best.value)
  }
}
