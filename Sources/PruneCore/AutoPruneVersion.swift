/// Version of this package, as reports, archives and preset cards state it.
public enum AutoPruneVersion {
  /// Semantic version.
  public static let text = "0.1.0"
}
