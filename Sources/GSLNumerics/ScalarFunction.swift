import CGSL

/// Carries a throwing Swift function of one variable through GSL's C callback.
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

  /// Value at `x`. Throws what the function threw, or ``NumericsError/nonFiniteValue(operation:at:value:)``.
  func finiteValue(at x: Double, in operation: String) throws -> Double {
    let value = self(x)
    if let failure { throw failure }
    guard value.isFinite else {
      throw NumericsError.nonFiniteValue(operation: operation, at: x, value: value)
    }
    return value
  }

  /// This object must outlive the use of the result.
  func makeFunction() -> gsl_function {
    gsl_function(
      function: { x, parameters in
        guard let parameters else { return .nan }
        return Unmanaged<ScalarFunction>.fromOpaque(parameters).takeUnretainedValue()(x)
      },
      params: Unmanaged.passUnretained(self).toOpaque())
  }
}
