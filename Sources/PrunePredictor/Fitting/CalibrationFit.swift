extension ScoreCalibration {
  /// Slope and intercept with the highest likelihood of the labels (Platt scaling), ranking unchanged.
  ///
  /// - Source: Platt, *Probabilistic outputs for support vector machines*, 1999.
  /// - Parameters:
  ///   - scores: of held-out rows.
  ///   - keepsIntercept: fits a slope alone, which is temperature scaling (Guo et al. 2017, §4.2).
  /// - Throws: ``PredictorError``; also where higher scores do not go with survival.
  public static func fitted(
    scores: [Float], labels: [Float], weights: [Float] = [], keepsIntercept: Bool = false
  ) throws -> ScoreCalibration {
    let spread = scores.reduce(0) { max($0, abs(Double($1))) }
    guard spread > 0, spread.isFinite else { throw PredictorError.noData("score above 0") }
    let rows = try LabelledRows(
      columns: [scores.map { Float(Double($0) / spread) }], labels: labels, weights: weights)
    var fit = LogisticFit()
    fit.ridge = .fixed(1e-6)
    fit.hasIntercept = !keepsIntercept
    let solution = try fit.fit(rows)
    let slope = (solution.coefficients.first ?? 0) / spread
    guard slope > 0 else {
      throw PredictorError.outOfRange(
        what: "the slope of survival on score", got: "\(slope)",
        expected: "> 0; the predictor ranks these rows the wrong way round")
    }
    return ScoreCalibration(slope: slope, intercept: solution.intercept)
  }
}
