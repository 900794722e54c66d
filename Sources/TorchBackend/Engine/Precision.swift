/// What an engine multiplies and accumulates in.
public enum Precision: String, Hashable, Sendable, CaseIterable {
  /// Everything in single precision.
  case float32
  /// Convolutions and matrix products multiply in bfloat16; weights, sums and everything else stay
  /// float32.
  case bfloat16
  /// For checks of gradients; slow.
  case float64

  var real: RealType { self == .float64 ? .float64 : .float32 }
}
