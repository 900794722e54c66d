/// Why features cannot be extracted.
public enum FeatureError: Error, Equatable, CustomStringConvertible {
  /// A name that ``FeatureRegistry`` does not hold; `known` are those it does.
  case unknownName(String, known: [String])
  /// Columns are found by name, so each may be asked for once.
  case duplicateName(String)

  public var description: String {
    switch self {
    case .unknownName(let name, let known):
      "no feature is named '\(name)' in registry version \(FeatureRegistry.version); known are \(known.joined(separator: ", "))"
    case .duplicateName(let name):
      "feature '\(name)' is listed twice; name every feature once"
    }
  }
}
