/// Which scores may be ranked against each other.
public enum Comparability: String, Hashable, Sendable, CaseIterable, Codable {
  /// All layers together, so that some layers end sparser than others.
  case network
  /// Only within a layer; every layer is brought to the same density.
  case layer
}
