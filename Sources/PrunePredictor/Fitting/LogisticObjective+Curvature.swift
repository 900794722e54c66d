import Foundation
import PruneCore
import PruneSupport

extension LogisticObjective {
  /// The Hessian of the mean loss plus `penalty` on the coefficients, `[n · n]`, estimated on evenly spaced rows: the
  /// scale in which the search runs.
  ///
  /// - Parameters:
  ///   - point: coefficients to take it at; `nil` for the best constant prediction.
  ///   - penalty: ridge per unit of weight.
  func curvature(at point: [Double]?, penalty: Double, sampleSize: Int = 1 << 16) -> [Double] {
    let size = parameterCount
    let sample = sampled(sampleSize)
    let rate = constantRate(sample)
    let partial = ParallelChunks(count: sample.count, length: 4096).map { range in
      weightedSquares(of: sample[range], at: point, constantRate: rate)
    }
    var matrix = [Double](repeating: 0, count: size * size + 1)
    for part in partial {
      for (index, value) in part.enumerated() { matrix[index] += value }
    }
    let weight = matrix.removeLast()
    let scale = weight > 0 ? 1 / weight : 0
    for first in 0..<size {
      for second in 0...first {
        matrix[first * size + second] *= scale
        matrix[second * size + first] = matrix[first * size + second]
      }
      let ridge = first < rows.columns.count ? penalty : 0
      matrix[first * size + first] = matrix[first * size + first] * (1 + 1e-8) + ridge + 1e-12
    }
    return matrix
  }

  /// Sample of `count` rows, one drawn from each of as many equal stretches, so that no period in their order can bias
  /// it; all rows where there are no more.
  func sampled(_ count: Int) -> [Int] {
    let total = rowCount
    guard total > count else { return ranges.flatMap { Array($0) } }
    var generator = SeededGenerator(seed: 1, stream: "logistic sample")
    let stretch = Double(total) / Double(count)
    var result: [Int] = []
    result.reserveCapacity(count)
    var (range, before) = (0, 0)
    for index in 0..<count {
      let offset = min(total - 1, Int((Double(index) + generator.uniform()) * stretch))
      while offset - before >= ranges[range].count {
        before += ranges[range].count
        range += 1
      }
      result.append(ranges[range].lowerBound + offset - before)
    }
    return result
  }

  /// Mean label of the sample, clamped to 0.01 … 0.99.
  private func constantRate(_ sample: [Int]) -> Double {
    let sum = sample.reduce(0) { $0 + Double(rows.labels[$1]) }
    return min(0.99, max(0.01, sum / Double(max(sample.count, 1))))
  }

  /// `Σ w p (1 − p) x xᵀ`, lower triangle, `[n · n]`, then `Σ w`.
  private func weightedSquares(
    of sample: ArraySlice<Int>, at point: [Double]?, constantRate: Double
  ) -> [Double] {
    let size = parameterCount
    var matrix = [Double](repeating: 0, count: size * size + 1)
    var row = [Double](repeating: 1, count: size)
    for position in sample {
      for column in rows.columns.indices { row[column] = Double(rows.columns[column][position]) }
      let weight = rows.weights.isEmpty ? 1 : Double(rows.weights[position])
      var rate = constantRate
      if let point {
        let score = zip(point, row).reduce(0) { $0 + $1.0 * $1.1 }
        rate = 1 / (1 + exp(-score))
      }
      matrix[size * size] += weight
      let slope = weight * rate * (1 - rate)
      for first in 0..<size where row[first] != 0 {
        let factor = slope * row[first]
        for second in 0...first { matrix[first * size + second] += factor * row[second] }
      }
    }
    return matrix
  }
}
