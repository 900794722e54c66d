import CGSL

/// Error of a numerical routine.
public enum NumericsError: Error, Hashable, CustomStringConvertible {
  /// A GSL routine returned a failing status.
  case failed(operation: String, status: Int, message: String)
  /// GSL could not allocate memory for `size` variables.
  case outOfMemory(operation: String, size: Int)
  /// The objective is not finite where the search starts.
  case nonFiniteStart(operation: String, value: Double)
  /// A function value inside the search is not finite.
  case nonFiniteValue(operation: String, at: Double, value: Double)
  /// An array has the wrong number of values.
  case wrongLength(operation: String, got: Int, expected: Int)
  /// A `size` × `size` matrix is not positive definite.
  case notPositiveDefinite(size: Int)
  /// The function has one sign at both ends of the interval.
  case noSignChange(lower: Double, upper: Double, atLower: Double, atUpper: Double)
  /// An argument is out of its domain.
  case invalidArgument(operation: String, name: String, got: String, expected: String)

  public var description: String {
    switch self {
    case .failed(let operation, let status, let message):
      "\(operation) failed: \(message) (GSL status \(status))"
    case .outOfMemory(let operation, let size):
      "\(operation): no memory for \(size) variables"
    case .nonFiniteStart(let operation, let value):
      "\(operation): the objective is \(value) at the start, expected a finite value and gradient; start elsewhere"
    case .nonFiniteValue(let operation, let point, let value):
      "\(operation): the function is \(value) at \(point), expected a finite value; narrow the interval"
    case .wrongLength(let operation, let got, let expected):
      "\(operation): got \(got) values, expected \(expected)"
    case .notPositiveDefinite(let size):
      "the \(size) x \(size) matrix is not positive definite; add a ridge to its diagonal"
    case .noSignChange(let lower, let upper, let atLower, let atUpper):
      "no sign change in \(lower) ... \(upper): the function is \(atLower) and \(atUpper) at the ends; widen the interval"
    case .invalidArgument(let operation, let name, let got, let expected):
      "\(operation): \(name) is \(got), expected \(expected)"
    }
  }
}

/// Linked GNU Scientific Library.
package enum GSLLibrary {
  package static var version: String { String(cString: cgsl_version()) }
}

/// Preparation and status check of calls into GSL.
enum GSL {
  private static let isHandlerOff: Bool = {
    gsl_set_error_handler_off()
    return true
  }()

  /// Switches GSL's aborting default error handler off, once in the life of the process.
  static func prepare() { _ = isHandlerOff }

  static func check(_ status: Int32, in operation: String) throws(NumericsError) {
    guard status == GSL_SUCCESS.rawStatus else { throw error(status, in: operation) }
  }

  static func error(_ status: Int32, in operation: String) -> NumericsError {
    let message = gsl_strerror(status).map { String(cString: $0) } ?? "unknown error"
    return .failed(operation: operation, status: Int(status), message: message)
  }
}

extension BinaryInteger {
  /// Status constant of GSL, imported as `Int`, in the type that GSL's functions return.
  var rawStatus: Int32 { Int32(truncatingIfNeeded: self) }
}
