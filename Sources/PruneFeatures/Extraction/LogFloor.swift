/// The smallest argument that a feature's logarithm sees; smaller ones, zero included, are raised
/// to it.
struct LogFloor: Hashable, Sendable {
  let value: Float

  /// A tenth of the 1 % quantile of the positive values; `nil` where none is positive and finite,
  /// so that the feature says nothing.
  init?(of values: [Float]) {
    let positive = values.filter { $0 > 0 && $0.isFinite }.sorted()
    guard !positive.isEmpty else { return nil }
    value = max(positive[positive.count / 100] / 10, .leastNormalMagnitude)
  }

  @inline(__always) func ln(_ x: Float) -> Float { FastLogarithm.ln(x > value ? x : value) }

  func ln(_ values: [Float]) -> [Float] { [Float](count: values.count) { ln(values[$0]) } }
}
