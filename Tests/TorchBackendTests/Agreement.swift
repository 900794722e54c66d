import PruneCore

/// How far an output is from what was expected.
///
/// Real numbers agree where |a − b| ≤ tolerance · |b| + tolerance / 10 · max |b|; others where they
/// are equal.
struct Agreement {
  /// `nil` where the outputs agree.
  let disagreement: String?

  init(_ actual: [HostTensor], _ expected: [HostTensor], tolerance: Double) {
    guard actual.count >= expected.count else {
      disagreement = "\(actual.count) outputs, expected \(expected.count)"
      return
    }
    disagreement =
      zip(actual, expected).enumerated().lazy.compactMap { position, pair in
        Self.difference(pair.0, pair.1, tolerance).map { "output \(position): \($0)" }
      }.first
  }

  private static func difference(
    _ actual: HostTensor, _ expected: HostTensor, _ tolerance: Double
  ) -> String? {
    guard actual.shape == expected.shape else {
      return "shape \(actual.shape), expected \(expected.shape)"
    }
    guard let left = actual.floats, let right = expected.floats else { return "no numbers" }
    if !expected.elementType.isFloatingPoint {
      guard let position = left.indices.first(where: { left[$0] != right[$0] }) else { return nil }
      return "element \(position) is \(left[position]), expected \(right[position])"
    }
    let largest = right.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
    for (position, (a, b)) in zip(left, right).enumerated() {
      if a == b || (a.isNaN && b.isNaN) { continue }
      let allowed = tolerance * (Double(b.magnitude) + Double(largest) / 10)
      guard (Double(a) - Double(b)).magnitude <= max(allowed, 1e-7) else {
        return "element \(position) is \(a), expected \(b)"
      }
    }
    return nil
  }
}
