/// Version of this package.
public enum AutoPruneVersion {
  public static let text = "0.1.0"
}
