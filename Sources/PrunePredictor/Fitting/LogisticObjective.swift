import Foundation

/// Mean negative log-likelihood of a ridge logistic regression with its gradient, over chunks of rows in parallel.
///
/// Chunks have a fixed size and are summed in order, so results do not depend on the number of threads.
struct LogisticObjective {
  private static let chunkLength = 1 << 14
  private static let blockLength = 512

  let rows: LabelledRows
  let hasIntercept: Bool
  let totalWeight: Double

  init(_ rows: LabelledRows, hasIntercept: Bool) {
    self.rows = rows
    self.hasIntercept = hasIntercept
    totalWeight =
      rows.weights.isEmpty ? Double(rows.count) : rows.weights.reduce(0) { $0 + Double($1) }
  }

  var parameterCount: Int { rows.columns.count + (hasIntercept ? 1 : 0) }

  /// Likelihood per unit of weight, without the ridge.
  ///
  /// - Parameters:
  ///   - point: a coefficient per column, then the intercept.
  ///   - gradient: overwritten; `nil` skips it.
  func meanLoss(at point: [Double], gradient: inout [Double]?) -> Double {
    let wantsGradient = gradient != nil
    let partial = ParallelChunks(count: rows.count, length: Self.chunkLength).map { range in
      sums(over: range, at: point, wantsGradient: wantsGradient)
    }
    var total = [Double](repeating: 0, count: parameterCount + 1)
    for chunk in partial {
      for (index, value) in chunk.enumerated() { total[index] += value }
    }
    if wantsGradient { gradient = total[1...].map { $0 / totalWeight } }
    return total[0] / totalWeight
  }

  /// Loss, then its gradient.
  private func sums(over range: Range<Int>, at point: [Double], wantsGradient: Bool) -> [Double] {
    var sums = [Double](repeating: 0, count: parameterCount + 1)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Self.blockLength) { scores in
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockLength) {
        let count = min(Self.blockLength, range.upperBound - start)
        for index in 0..<count { scores[index] = hasIntercept ? point[parameterCount - 1] : 0 }
        for (column, values) in rows.columns.enumerated() {
          let coefficient = point[column]
          values.withUnsafeBufferPointer { values in
            for index in 0..<count {
              scores[index] += coefficient * Double(values[start &+ index])
            }
          }
        }
        sums[0] += residuals(scores, start: start, count: count)
        guard wantsGradient else { continue }
        for (column, values) in rows.columns.enumerated() {
          values.withUnsafeBufferPointer { values in
            sums[1 + column] += Self.dot(scores, values, start: start, count: count)
          }
        }
        if hasIntercept {
          for index in 0..<count { sums[parameterCount] += scores[index] }
        }
      }
    }
    return sums
  }

  /// Replaces scores by weighted residuals `w(p − y)` and returns the block's loss.
  private func residuals(
    _ scores: UnsafeMutableBufferPointer<Double>, start: Int, count: Int
  ) -> Double {
    var loss = 0.0
    rows.labels.withUnsafeBufferPointer { labels in
      rows.weights.withUnsafeBufferPointer { weights in
        for index in 0..<count {
          let score = scores[index]
          let label = Double(labels[start &+ index])
          let weight = weights.isEmpty ? 1 : Double(weights[start &+ index])
          let decay = exp(-score.magnitude)
          let probability = score >= 0 ? 1 / (1 + decay) : decay / (1 + decay)
          loss += weight * (max(score, 0) - score * label + log1p(decay))
          scores[index] = weight * (probability - label)
        }
      }
    }
    return loss
  }

  @inline(__always) private static func dot(
    _ residuals: UnsafeMutableBufferPointer<Double>, _ values: UnsafeBufferPointer<Float>,
    start: Int, count: Int
  ) -> Double {
    var lanes = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= count {
      lanes +=
        SIMD4(
          residuals[index], residuals[index &+ 1], residuals[index &+ 2], residuals[index &+ 3])
        * SIMD4(
          Double(values[start &+ index]), Double(values[start &+ index &+ 1]),
          Double(values[start &+ index &+ 2]), Double(values[start &+ index &+ 3]))
      index &+= 4
    }
    var sum = lanes.sum()
    while index < count {
      sum += residuals[index] * Double(values[start &+ index])
      index &+= 1
    }
    return sum
  }

  /// Approximate Hessian of the mean loss plus `ridge` per unit of weight, `[n · n]`, at the best constant
  /// prediction, from at most `sampleSize` rows: the scale in which the search runs.
  func curvature(ridge: Double, sampleSize: Int = 20_000) -> [Double] {
    let size = parameterCount
    let step = max(1, rows.count / sampleSize)
    let labelSum = rows.labels.reduce(0) { $0 + Double($1) }
    let rate = min(0.99, max(0.01, labelSum / Double(max(rows.count, 1))))
    var matrix = [Double](repeating: 0, count: size * size)
    var sampled = 0.0
    var row = [Double](repeating: 1, count: size)
    for position in stride(from: 0, to: rows.count, by: step) {
      for column in rows.columns.indices { row[column] = Double(rows.columns[column][position]) }
      let weight = rows.weights.isEmpty ? 1 : Double(rows.weights[position])
      sampled += weight
      for first in 0..<size where row[first] != 0 {
        let factor = weight * row[first]
        for second in 0...first { matrix[first * size + second] += factor * row[second] }
      }
    }
    let scale = sampled > 0 ? rate * (1 - rate) / sampled : 0
    for first in 0..<size {
      for second in 0...first {
        matrix[first * size + second] *= scale
        matrix[second * size + first] = matrix[first * size + second]
      }
      let diagonal = matrix[first * size + first]
      let penalty = first < rows.columns.count ? ridge / totalWeight : 0
      matrix[first * size + first] = diagonal * (1 + 1e-8) + penalty + 1e-12
    }
    return matrix
  }
}
