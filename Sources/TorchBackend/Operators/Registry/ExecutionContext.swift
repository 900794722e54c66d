internal import PruneCore

/// What an operator call may depend on beside its inputs.
struct ExecutionContext {
  /// How batch normalization gets its statistics.
  enum Normalization {
    /// From the file.
    case stored
    /// From the batch; the running ones become `(1 − weight) · running + weight · batch`.
    case batch(weight: Double)
  }

  var real: RealType = .float32
  /// Whether convolutions and matrix products multiply as bfloat16.
  var multipliesReduced = false
  /// Whether the first input may be overwritten: nothing else reads it, backward passes included.
  var overwritesInput = false
  var normalization = Normalization.stored
  /// Seeds dropout of this node and step; `nil` in evaluation.
  var dropoutSeed: UInt64?
}
