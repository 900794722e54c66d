import CGSL

/// Linear least squares by singular value decomposition.
///
/// - Source: [GSL manual](https://www.gnu.org/software/gsl/doc/html/lls.html), multi-parameter regression.
public enum LeastSquares {
  /// Coefficients of the least-squares fit.
  /// - Parameters:
  ///   - rows: one per observation, of equal length, at least as many as a row has numbers.
  ///   - targets: one per row.
  /// - Returns: coefficients that minimise `Σ (row · c − target)²`; the shortest where many do.
  public static func solve(
    rows: [[Double]], targets: [Double]
  ) throws(NumericsError) -> [Double] {
    let operation = "least squares"
    let width = rows.first?.count ?? 0
    guard targets.count == rows.count, rows.allSatisfy({ $0.count == width }) else {
      throw .wrongLength(operation: operation, got: targets.count, expected: rows.count)
    }
    guard width > 0, rows.count >= width else {
      throw .invalidArgument(
        operation: operation, name: "rows", got: "\(rows.count)",
        expected: "\(max(1, width)) or more")
    }
    GSL.prepare()
    guard let matrix = gsl_matrix_alloc(rows.count, width),
      let target = gsl_vector_alloc(rows.count),
      let solution = gsl_vector_alloc(width), let covariance = gsl_matrix_alloc(width, width),
      let workspace = gsl_multifit_linear_alloc(rows.count, width)
    else { throw .outOfMemory(operation: operation, size: width) }
    defer {
      gsl_matrix_free(matrix)
      gsl_vector_free(target)
      gsl_vector_free(solution)
      gsl_matrix_free(covariance)
      gsl_multifit_linear_free(workspace)
    }
    for (index, row) in rows.enumerated() {
      for (column, value) in row.enumerated() { gsl_matrix_set(matrix, index, column, value) }
      gsl_vector_set(target, index, targets[index])
    }
    var squares = 0.0
    try GSL.check(
      gsl_multifit_linear(matrix, target, solution, covariance, &squares, workspace), in: operation)
    return (0..<width).map { gsl_vector_get(solution, $0) }
  }

  /// Coefficients ≥ 0, from ``solve(rows:targets:)``: the most negative one is set to 0 and the others
  /// are solved again until none is negative.
  public static func nonnegative(
    rows: [[Double]], targets: [Double]
  ) throws(NumericsError) -> [Double] {
    let width = rows.first?.count ?? 0
    var active = Array(0..<width)
    while !active.isEmpty {
      let solution = try solve(rows: rows.map { row in active.map { row[$0] } }, targets: targets)
      guard let worst = solution.indices.min(by: { solution[$0] < solution[$1] }),
        solution[worst] < 0
      else {
        var result = [Double](repeating: 0, count: width)
        for (position, index) in active.enumerated() { result[index] = solution[position] }
        return result
      }
      active.remove(at: worst)
    }
    return [Double](repeating: 0, count: width)
  }
}
