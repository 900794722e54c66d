import PruneCore
import PruneSupport

/// Columns divided into at most 255 bins at quantiles, so that growing a tree never sorts again.
struct FeatureBins: Sendable {
  /// Rising thresholds per column; bin `b` holds values `thresholds[b − 1] ≤ x < thresholds[b]`.
  let thresholds: [[Float]]
  /// Bin of each value, `[columns][rows]`.
  let bins: [[UInt8]]

  init(_ columns: [[Float]], maximumBins: Int, sampleSize: Int = 100_000) {
    let limit = min(255, max(2, maximumBins))
    let cut = ParallelChunks(count: columns.count, length: 1).map { range in
      let column = columns[range.lowerBound]
      let cuts = Self.thresholds(of: column, limit: limit, sampleSize: sampleSize)
      return (cuts, Self.bins(of: column, thresholds: cuts))
    }
    thresholds = cut.map(\.0)
    bins = cut.map(\.1)
  }

  private static func thresholds(of column: [Float], limit: Int, sampleSize: Int) -> [Float] {
    let step = max(1, column.count / sampleSize)
    let sample = stride(from: 0, to: column.count, by: step).map { column[$0] }.sorted()
    var cuts: [Float] = []
    for bin in 1..<limit {
      let cut = sample.isEmpty ? 0 : sample[min(sample.count - 1, bin * sample.count / limit)]
      if cut > cuts.last ?? sample.first ?? cut { cuts.append(cut) }
    }
    return cuts
  }

  /// Bin of each value, by a search of eight steps without a branch.
  private static func bins(of column: [Float], thresholds: [Float]) -> [UInt8] {
    let padded =
      thresholds + [Float](repeating: .infinity, count: max(0, 256 - thresholds.count))
    return [UInt8](unsafeUninitializedCapacity: column.count) { target, initialized in
      column.withUnsafeBufferPointer { column in
        padded.withUnsafeBufferPointer { cuts in
          for row in 0..<column.count {
            let value = column[row]
            var position = 0
            var width = 128
            while width > 0 {
              position = value >= cuts[position &+ width &- 1] ? position &+ width : position
              width &>>= 1
            }
            target[row] = UInt8(truncatingIfNeeded: min(position, thresholds.count))
          }
        }
      }
      initialized = column.count
    }
  }
}

/// Histogram of one node's rows: sums of weight and weighted target per bin of every column.
struct BinHistogram: Sendable {
  /// Sums `[columns][bins]`: `x = Σ w`, `y = Σ w · target`.
  private(set) var sums: [[SIMD2<Double>]]

  private static let chunkLength = 1 << 17

  /// - Parameters:
  ///   - rows: rows of the node, rising.
  ///   - pairs: `(w, w · target)` of every row of the table.
  init(of rows: [Int32], bins: FeatureBins, pairs: [SIMD2<Float>]) {
    let own = rows.count == pairs.count ? pairs : rows.map { pairs[Int($0)] }
    sums = ParallelChunks(count: bins.bins.count, length: 1).map { range in
      Self.column(
        bins.bins[range.lowerBound], binCount: bins.thresholds[range.lowerBound].count + 1,
        rows: rows, pairs: own)
    }
  }

  private static func column(
    _ bins: [UInt8], binCount: Int, rows: [Int32], pairs: [SIMD2<Float>]
  ) -> [SIMD2<Double>] {
    var sums = [SIMD2<Double>](repeating: .zero, count: 256)
    sums.withUnsafeMutableBufferPointer { sums in
      bins.withUnsafeBufferPointer { bins in
        pairs.withUnsafeBufferPointer { pairs in
          if rows.count == bins.count {
            for row in 0..<bins.count { sums[Int(bins[row])] += SIMD2<Double>(pairs[row]) }
            return
          }
          rows.withUnsafeBufferPointer { rows in
            for index in 0..<rows.count {
              sums[Int(bins[Int(rows[index])])] += SIMD2<Double>(pairs[index])
            }
          }
        }
      }
    }
    return Array(sums.prefix(binCount))
  }

  /// The histogram of this node's rows that are not among those of `other`, which are a part of them.
  func subtracting(_ other: BinHistogram) -> BinHistogram {
    var result = self
    for column in sums.indices {
      for bin in sums[column].indices { result.sums[column][bin] -= other.sums[column][bin] }
    }
    return result
  }
}
