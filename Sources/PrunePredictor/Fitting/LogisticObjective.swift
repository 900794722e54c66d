import Foundation
import PruneCore
import PruneSupport

/// Mean negative log-likelihood of a ridge logistic regression with its gradient, over chunks of rows in parallel.
///
/// Chunks have a fixed size and are summed in order, so results do not depend on the number of threads.
struct LogisticObjective {
  private static let chunkLength = 1 << 15
  private static let blockLength = 512

  let rows: LabelledRows
  let hasIntercept: Bool
  let totalWeight: Double
  /// Rows that count, in rising order.
  let ranges: [Range<Int>]
  private let chunks: ParallelChunks

  /// - Parameter ranges: the rows that count, in rising order; `nil` for all.
  init(_ rows: LabelledRows, ranges: [Range<Int>]? = nil, hasIntercept: Bool) {
    let ranges = ranges ?? [0..<rows.count]
    self.rows = rows
    self.ranges = ranges
    self.hasIntercept = hasIntercept
    chunks = ParallelChunks(ranges, length: Self.chunkLength)
    totalWeight = ranges.reduce(0) { sum, range in
      sum
        + (rows.weights.isEmpty
          ? Double(range.count) : rows.weights[range].reduce(0) { $0 + Double($1) })
    }
  }

  var parameterCount: Int { rows.columns.count + (hasIntercept ? 1 : 0) }
  var rowCount: Int { ranges.reduce(0) { $0 + $1.count } }

  /// Negative log-likelihood per unit of weight, without the ridge.
  ///
  /// - Parameters:
  ///   - point: a coefficient per column, then the intercept.
  ///   - gradient: overwritten; `nil` skips it.
  func meanLoss(at point: [Double], gradient: inout [Double]?) -> Double {
    let wantsGradient = gradient != nil
    let partial = chunks.map { sums(over: $0, at: point, wantsGradient: wantsGradient) }
    var total = [Double](repeating: 0, count: parameterCount + 1)
    for chunk in partial {
      for (index, value) in chunk.enumerated() { total[index] += value }
    }
    if wantsGradient { gradient = total[1...].map { $0 / totalWeight } }
    return total[0] / totalWeight
  }

  /// Sums over rows of the loss, then of its gradient, `[1 + parameters]`.
  private func sums(over range: Range<Int>, at point: [Double], wantsGradient: Bool) -> [Double] {
    var sums = [Double](repeating: 0, count: parameterCount + 1)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockLength) { scratch in
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockLength) {
        let block = start..<min(range.upperBound, start + Self.blockLength)
        let scores = UnsafeMutableBufferPointer(rebasing: scratch[0..<block.count])
        fill(scores, of: block, at: point)
        sums[0] += residuals(scores, of: block)
        guard wantsGradient else { continue }
        for (column, values) in rows.columns.enumerated() {
          values.withUnsafeBufferPointer { values in
            sums[1 + column] += Self.dot(scores, values, from: start)
          }
        }
        if hasIntercept { for score in scores { sums[parameterCount] += score } }
      }
    }
    return sums
  }

  private func fill(
    _ scores: UnsafeMutableBufferPointer<Double>, of block: Range<Int>, at point: [Double]
  ) {
    let intercept = hasIntercept ? point[parameterCount - 1] : 0
    for index in 0..<block.count { scores[index] = intercept }
    for (column, values) in rows.columns.enumerated() {
      let coefficient = point[column]
      values.withUnsafeBufferPointer { values in
        for index in 0..<block.count {
          scores[index] += coefficient * Double(values[block.lowerBound &+ index])
        }
      }
    }
  }

  private func residuals(
    _ scores: UnsafeMutableBufferPointer<Double>, of block: Range<Int>
  ) -> Double {
    rows.labels.withUnsafeBufferPointer { labels in
      rows.weights.withUnsafeBufferPointer { weights in
        LogisticLoss.residuals(
          scores, labels: UnsafeBufferPointer(rebasing: labels[block]),
          weights: weights.isEmpty ? weights : UnsafeBufferPointer(rebasing: weights[block]))
      }
    }
  }

  @inline(__always) private static func dot(
    _ residuals: UnsafeMutableBufferPointer<Double>, _ values: UnsafeBufferPointer<Float>,
    from start: Int
  ) -> Double {
    var lanes = SIMD4<Double>.zero
    var index = 0
    while index &+ 4 <= residuals.count {
      let row = start &+ index
      lanes +=
        SIMD4(
          residuals[index], residuals[index &+ 1], residuals[index &+ 2], residuals[index &+ 3])
        * SIMD4<Double>(
          SIMD4<Float>(values[row], values[row &+ 1], values[row &+ 2], values[row &+ 3]))
      index &+= 4
    }
    var sum = lanes.sum()
    while index < residuals.count {
      sum += residuals[index] * Double(values[start &+ index])
      index &+= 1
    }
    return sum
  }
}
