import CGSL

/// Root finder for continuous functions of one variable (Brent–Dekker).
///
/// - Source: Brent, *Algorithms for Minimization without Derivatives*, 1973, chapter 4;
///   [GSL manual](https://www.gnu.org/software/gsl/doc/html/roots.html).
public struct RootFinder: Hashable, Sendable {
  /// Absolute tolerance of the root.
  public var absoluteTolerance = 1e-12
  /// Relative tolerance of the root.
  public var relativeTolerance = 1e-12
  /// Limit on the number of iterations; the root found by then is returned.
  public var maximumIterations = 200

  /// A root finder with the default options.
  public init() {}

  /// Root of `function` in `interval`.
  /// - Returns: a point of `interval` within the tolerances of a root.
  /// - Throws: ``NumericsError/noSignChange(lower:upper:atLower:atUpper:)`` where the ends have one sign;
  ///   whatever `function` throws.
  public func root(
    in interval: ClosedRange<Double>, of function: (Double) throws -> Double
  ) throws -> Double {
    GSL.prepare()
    return try withoutActuallyEscaping(function) { escaping in
      let carrier = ScalarFunction(escaping)
      let (lower, upper) = (interval.lowerBound, interval.upperBound)
      let atLower = try carrier.finiteValue(at: lower, in: "root finding")
      if atLower == 0 { return lower }
      let atUpper = try carrier.finiteValue(at: upper, in: "root finding")
      if atUpper == 0 { return upper }
      guard (atLower < 0) != (atUpper < 0) else {
        throw NumericsError.noSignChange(
          lower: lower, upper: upper, atLower: atLower, atUpper: atUpper)
      }
      return try solve(interval, carrier)
    }
  }

  /// Widens `interval`, each time by `factor` on the side with the smaller |value|, until the signs differ.
  ///
  /// - Throws: ``NumericsError/noSignChange(lower:upper:atLower:atUpper:)`` after `maximumExpansions`.
  public func bracket(
    from interval: ClosedRange<Double>, factor: Double = 1.6, maximumExpansions: Int = 60,
    of function: (Double) throws -> Double
  ) throws -> ClosedRange<Double> {
    var (lower, upper) = (interval.lowerBound, interval.upperBound)
    guard lower < upper, factor > 0 else {
      throw NumericsError.invalidArgument(
        operation: "bracketing", name: "interval", got: "\(interval)",
        expected: "two different ends and a factor > 0")
    }
    var atLower = try function(lower)
    var atUpper = try function(upper)
    for _ in 0..<maximumExpansions {
      guard atLower.isFinite, atUpper.isFinite else { break }
      if (atLower <= 0) != (atUpper <= 0) || atLower == 0 { return lower...upper }
      let width = upper - lower
      if atLower.magnitude < atUpper.magnitude {
        lower -= factor * width
        atLower = try function(lower)
      } else {
        upper += factor * width
        atUpper = try function(upper)
      }
    }
    throw NumericsError.noSignChange(
      lower: lower, upper: upper, atLower: atLower, atUpper: atUpper)
  }

  private func solve(_ interval: ClosedRange<Double>, _ carrier: ScalarFunction) throws -> Double {
    guard let solver = gsl_root_fsolver_alloc(cgsl_root_brent()) else {
      throw NumericsError.outOfMemory(operation: "root finding", size: 1)
    }
    defer { gsl_root_fsolver_free(solver) }
    var callback = carrier.makeFunction()
    return try withUnsafeMutablePointer(to: &callback) { callback in
      try withExtendedLifetime(carrier) {
        try GSL.check(
          gsl_root_fsolver_set(solver, callback, interval.lowerBound, interval.upperBound),
          in: "root finding")
        for _ in 0..<maximumIterations {
          let status = gsl_root_fsolver_iterate(solver)
          if let failure = carrier.failure { throw failure }
          try GSL.check(status, in: "root finding")
          let verdict = gsl_root_test_interval(
            gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver),
            absoluteTolerance, relativeTolerance)
          if verdict == GSL_SUCCESS.rawStatus { break }
        }
        return gsl_root_fsolver_root(solver)
      }
    }
  }
}
