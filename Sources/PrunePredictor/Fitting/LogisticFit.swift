import Foundation
import GSLNumerics

/// Ridge logistic regression, fitted by GSL's BFGS in variables scaled by the curvature.
///
/// Minimises `Σ weight · loss + ½ ridge · ‖θ‖²`; the intercept is not penalised. (scikit-learn's `C` is `1 / ridge`.)
///
/// - Source: Cox, *The regression analysis of binary sequences*, JRSS B 20, 1958; le Cessie & van Houwelingen,
///   *Ridge estimators in logistic regression*, Applied Statistics 41, 1992.
public struct LogisticFit: Hashable, Sendable {
  /// Choice of the penalty on the coefficients.
  public enum Ridge: Hashable, Sendable {
    /// This ridge, at least 0; 0 fits without a penalty.
    case fixed(Double)
    /// The ridge in this range with the highest likelihood on held-out groups, found by Brent's method on a log
    /// scale.
    case crossValidated(ClosedRange<Double>)
  }

  /// The penalty; 1 unless set.
  public var ridge = Ridge.fixed(1)
  /// `true` fits a constant beside the columns.
  public var hasIntercept = true
  /// Largest entry of the gradient in variables scaled by the curvature: the likelihood is then within the square of it.
  public var gradientTolerance = 1e-6
  /// Largest number of BFGS iterations in each fit.
  public var maximumIterations = 1000
  /// Number of folds that a cross-validated ridge is chosen on, at least 2; fewer where there are fewer groups.
  public var maximumFolds = 5
  /// Number of rows of the sample that is fitted first where there are more than four times as many.
  package var sampleSize = 1 << 17

  /// A ridge of 1 and an intercept, unless set otherwise.
  public init() {}

  /// Coefficients with the penalty they were fitted under.
  public struct Solution: Hashable, Sendable {
    /// Coefficients, one per column.
    public var coefficients: [Double]
    /// Intercept; 0 where none is fitted.
    public var intercept: Double
    /// Ridge, given or chosen.
    public var ridge: Double
    /// Mean negative log-likelihood per unit of weight on the rows it was fitted to, without the ridge.
    public var meanLoss: Double
    /// Mean negative log-likelihood on held-out groups, at the chosen ridge; `nil` for a fixed ridge.
    public var heldOutLoss: Double?
    /// BFGS iterations of the final fit; those that chose the ridge are not counted.
    public var iterations: Int
    /// Passes over the rows in the final fit.
    public var evaluations: Int
  }

  /// Fits the coefficients, and the ridge where it is cross-validated.
  ///
  /// - Throws: ``PredictorError``, `NumericsError`.
  public func fit(_ rows: LabelledRows) throws -> Solution {
    try validate(rows)
    let objective = LogisticObjective(rows, hasIntercept: hasIntercept)
    switch ridge {
    case .fixed(let ridge): return try fit(objective, ridge: ridge, start: nil)
    case .crossValidated(let range):
      let (ridge, loss) = try chooseRidge(rows, range)
      var solution = try fit(objective, ridge: ridge, start: nil)
      solution.heldOutLoss = loss
      return solution
    }
  }

  /// Mean negative log-likelihood of a solution on other rows.
  public func meanLoss(of solution: Solution, on rows: LabelledRows) -> Double {
    meanLoss(of: solution.coefficients, intercept: solution.intercept, on: rows)
  }

  /// Mean negative log-likelihood of coefficients on rows.
  ///
  /// - Parameter coefficients: one per column.
  public func meanLoss(
    of coefficients: [Double], intercept: Double, on rows: LabelledRows
  ) -> Double {
    precondition(coefficients.count == rows.columns.count, "\(coefficients.count) coefficients")
    var gradient: [Double]?
    return LogisticObjective(rows, hasIntercept: true)
      .meanLoss(at: coefficients + [intercept], gradient: &gradient)
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

  /// Fits at one ridge. Many rows are first fitted on a sample: from there, in the curvature found there, a few passes
  /// over all of them suffice.
  private func fit(
    _ objective: LogisticObjective, ridge: Double, start: [Double]?
  ) throws -> Solution {
    guard objective.parameterCount > 0 else { throw PredictorError.noData("column") }
    let penalty = ridge / objective.totalWeight
    var origin = start
    if origin == nil, objective.rowCount > 4 * sampleSize {
      let sample = LogisticObjective(
        objective.rows.subset(objective.sampled(sampleSize)), hasIntercept: hasIntercept)
      if Self.hasBothClasses(sample.rows) {
        origin = try minimum(of: sample, penalty: penalty, start: nil).point
      }
    }
    let minimum = try minimum(of: objective, penalty: penalty, start: origin)
    let coefficients = Array(minimum.point.prefix(objective.rows.columns.count))
    return Solution(
      coefficients: coefficients,
      intercept: hasIntercept ? minimum.point[coefficients.count] : 0, ridge: ridge,
      meanLoss: minimum.value - 0.5 * penalty * coefficients.reduce(0) { $0 + $1 * $1 },
      iterations: minimum.iterations, evaluations: minimum.evaluations)
  }

  private static func hasBothClasses(_ rows: LabelledRows) -> Bool {
    let counts = rows.labels.indices.filter { rows.weights.isEmpty || rows.weights[$0] > 0 }
    return counts.contains { rows.labels[$0] < 0.5 } && counts.contains { rows.labels[$0] > 0.5 }
  }

  private func minimum(
    of objective: LogisticObjective, penalty: Double, start: [Double]?
  ) throws -> Minimum {
    var minimizer = Minimizer()
    minimizer.gradientTolerance = gradientTolerance
    minimizer.maximumIterations = maximumIterations
    minimizer.valueTolerance = 1e-14
    minimizer.scaling = .curvature(objective.curvature(at: start, penalty: penalty))
    let columnCount = objective.rows.columns.count
    let origin = start ?? [Double](repeating: 0, count: objective.parameterCount)
    return try minimizer.minimize(from: origin) { point, gradient in
      var slope: [Double]? = []
      var value = objective.meanLoss(at: point, gradient: &slope)
      gradient = slope ?? gradient
      for index in 0..<columnCount {
        value += 0.5 * penalty * point[index] * point[index]
        gradient[index] += penalty * point[index]
      }
      return value
    }
  }

  private func chooseRidge(
    _ rows: LabelledRows, _ range: ClosedRange<Double>
  ) throws -> (ridge: Double, heldOutLoss: Double) {
    guard range.lowerBound > 0, range.lowerBound < range.upperBound else {
      throw PredictorError.outOfRange(
        what: "the range of ridges", got: "\(range)", expected: "two different numbers > 0")
    }
    let folds = try FoldedRows(rows, maximumFolds: maximumFolds)
    let parts = folds.folds.map { fold in
      (
        LogisticObjective(folds.rows, ranges: fold.training, hasIntercept: hasIntercept),
        LogisticObjective(folds.rows, ranges: fold.heldOut, hasIntercept: hasIntercept)
      )
    }
    for (training, _) in parts { try validate(training) }
    var starts = [[Double]?](repeating: nil, count: parts.count)
    var search = ScalarMinimizer()
    search.tolerance = 0.05
    search.gridPoints = 5
    let best = try search.minimize(in: log(range.lowerBound)...log(range.upperBound)) { logRidge in
      var (loss, weight) = (0.0, 0.0)
      for (index, (training, heldOut)) in parts.enumerated() {
        let solution = try fit(training, ridge: exp(logRidge), start: starts[index])
        let point = solution.coefficients + (hasIntercept ? [solution.intercept] : [])
        starts[index] = point
        var none: [Double]?
        loss += heldOut.totalWeight * heldOut.meanLoss(at: point, gradient: &none)
        weight += heldOut.totalWeight
      }
      return loss / max(weight, .leastNormalMagnitude)
    }
    return (exp(best.point), best.value)
  }

  private func validate(_ part: LogisticObjective) throws(PredictorError) {
    let labels = part.ranges.lazy.flatMap { part.rows.labels[$0] }
    guard let first = labels.first, part.totalWeight > 0 else { throw .noData("labelled row") }
    guard (first > 0 && first < 1) || labels.contains(where: { $0 != first }) else {
      throw .oneClass(rows: part.rowCount, label: first)
    }
  }
}
