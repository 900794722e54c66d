import CGSL

/// Minimiser of a function of one variable on an interval: a coarse grid finds a bracket, Brent's method narrows it.
///
/// - Source: Brent, *Algorithms for Minimization without Derivatives*, 1973, chapter 5;
///   [GSL manual](https://www.gnu.org/software/gsl/doc/html/min.html).
public struct ScalarMinimizer: Hashable, Sendable {
  /// Number of grid points, both ends included; ≥ 3.
  public var gridPoints = 7
  /// Width of the final interval, absolute.
  public var tolerance = 1e-3
  /// Limit on the number of iterations; the best point found by then is returned.
  public var maximumIterations = 60

  /// A minimiser with the default options.
  public init() {}

  /// Minimises `function` on `interval`.
  /// - Returns: the best point seen; an end of the interval where the grid's lowest value lies there.
  /// - Throws: ``NumericsError``, and whatever `function` throws.
  public func minimize(
    in interval: ClosedRange<Double>, _ function: (Double) throws -> Double
  ) throws -> (point: Double, value: Double, evaluations: Int) {
    GSL.prepare()
    guard interval.lowerBound.isFinite, interval.upperBound.isFinite,
      interval.lowerBound < interval.upperBound, gridPoints >= 3
    else {
      throw NumericsError.invalidArgument(
        operation: "scalar minimisation", name: "interval", got: "\(interval)",
        expected: "two different finite ends and at least 3 grid points")
    }
    return try withoutActuallyEscaping(function) { escaping in
      try search(interval, ScalarFunction(escaping))
    }
  }

  private func search(
    _ interval: ClosedRange<Double>, _ function: ScalarFunction
  ) throws -> (point: Double, value: Double, evaluations: Int) {
    let width = interval.upperBound - interval.lowerBound
    let grid = (0..<gridPoints).map {
      interval.lowerBound + width * Double($0) / Double(gridPoints - 1)
    }
    let values = try grid.map { try function.finiteValue(at: $0, in: "scalar minimisation") }
    let lowest = values.indices.min { values[$0] < values[$1] } ?? 0
    let isBracketed =
      lowest > 0 && lowest < grid.count - 1 && values[lowest] < values[lowest - 1]
      && values[lowest] < values[lowest + 1]
    guard isBracketed else { return (grid[lowest], values[lowest], function.evaluations) }

    guard let minimizer = gsl_min_fminimizer_alloc(cgsl_min_brent()) else {
      throw NumericsError.outOfMemory(operation: "scalar minimisation", size: 1)
    }
    defer { gsl_min_fminimizer_free(minimizer) }
    var callback = function.makeFunction()
    return try withUnsafeMutablePointer(to: &callback) { callback in
      try withExtendedLifetime(function) {
        try GSL.check(
          gsl_min_fminimizer_set_with_values(
            minimizer, callback, grid[lowest], values[lowest], grid[lowest - 1],
            values[lowest - 1], grid[lowest + 1], values[lowest + 1]),
          in: "scalar minimisation")
        for _ in 0..<maximumIterations {
          let status = gsl_min_fminimizer_iterate(minimizer)
          if let failure = function.failure { throw failure }
          if status == GSL_FAILURE.rawStatus { break }
          try GSL.check(status, in: "scalar minimisation")
          let remaining =
            gsl_min_fminimizer_x_upper(minimizer) - gsl_min_fminimizer_x_lower(minimizer)
          if remaining <= tolerance { break }
        }
        return (
          gsl_min_fminimizer_x_minimum(minimizer), gsl_min_fminimizer_f_minimum(minimizer),
          function.evaluations
        )
      }
    }
  }
}

/// Throwing Swift function of one variable, as a C callback of GSL.
final class ScalarFunction {
  private let body: (Double) throws -> Double
  private(set) var failure: (any Error)?
  private(set) var evaluations = 0

  init(_ body: @escaping (Double) throws -> Double) { self.body = body }

  func callAsFunction(_ x: Double) -> Double {
    guard failure == nil else { return .nan }
    evaluations += 1
    do { return try body(x) } catch {
      failure = error
      return .nan
    }
  }

  /// Value at `x`.
  /// - Throws: the function's error, or ``NumericsError/nonFiniteValue(operation:at:value:)``.
  func finiteValue(at x: Double, in operation: String) throws -> Double {
    let value = self(x)
    if let failure { throw failure }
    guard value.isFinite else {
      throw NumericsError.nonFiniteValue(operation: operation, at: x, value: value)
    }
    return value
  }

  /// Callback of GSL for this object, which must outlive its use.
  func makeFunction() -> gsl_function {
    gsl_function(
      function: { x, parameters in
        guard let parameters else { return .nan }
        return Unmanaged<ScalarFunction>.fromOpaque(parameters).takeUnretainedValue()(x)
      },
      params: Unmanaged.passUnretained(self).toOpaque())
  }
}
