import CGSL

/// The GNU Scientific Library that is linked.
package enum GSLLibrary {
  package static var version: String { String(cString: cgsl_version()) }
}

/// The two things every call into GSL needs: no aborting handler, and a checked status.
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
  /// GSL's status constants are imported as `Int`, its functions return `Int32`.
  var rawStatus: Int32 { Int32(truncatingIfNeeded: self) }
}
