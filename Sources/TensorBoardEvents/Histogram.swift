import Foundation

/// Histogram of values in buckets that widen with their distance from zero, with the sums that moments
/// need.
package struct Histogram: Hashable, Sendable {
  package private(set) var least = Double.infinity
  package private(set) var greatest = -Double.infinity
  package private(set) var count = 0
  package private(set) var sum = 0.0
  package private(set) var sumOfSquares = 0.0
  /// Upper ends of the buckets, ascending; a bucket begins where the one before it ends.
  package private(set) var limits: [Double] = []
  /// Number of values in each bucket.
  package private(set) var counts: [Double] = []

  /// - Parameter values: values to count; those that are not finite are omitted.
  package init(of values: some Sequence<Float>) {
    var counts = [Int](repeating: 0, count: Self.limits.count)
    for value in values where value.isFinite {
      let value = Double(value)
      least = min(least, value)
      greatest = max(greatest, value)
      count += 1
      sum += value
      sumOfSquares += value * value
      counts[Self.bucket(of: value)] += 1
    }
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else {
      (least, greatest) = (0, 0)
      return
    }
    // An empty bucket in front marks the lower end of the first one.
    let start = max(0, first - 1)
    limits = Array(Self.limits[start...last])
    self.counts = counts[start...last].map(Double.init)
  }

  /// Bucket of a value: the first whose limit is not below it.
  private static func bucket(of value: Double) -> Int {
    var (low, high) = (0, limits.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if limits[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Upper ends of all buckets, as TensorFlow's own: ±10⁻⁶ · 1.1ᵏ up to 10⁶, 0, and ± the largest number.
  private static let limits: [Double] = {
    var positive: [Double] = []
    var limit = 1e-6
    while limit < 1e6 {
      positive.append(limit)
      limit *= 1.1
    }
    positive.append(.greatestFiniteMagnitude)
    return positive.reversed().map { -$0 } + [0] + positive
  }()
}
