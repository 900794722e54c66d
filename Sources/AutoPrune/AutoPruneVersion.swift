import GSLNumerics

/// Version of this package and of the numerics beneath it; the engine tells its own.
public enum AutoPruneVersion {
  public static let text = "0.1.0"

  /// Of the GNU Scientific Library that is linked.
  public static var gsl: String { GSLLibrary.version }
}
