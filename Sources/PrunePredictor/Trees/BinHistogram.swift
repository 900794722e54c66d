import PruneCore

/// Weight and weighted target per bin of every column, of the rows of one node.
struct BinHistogram: Sendable {
  /// `[columns][bins]`: `x = Σ w`, `y = Σ w · target`.
  private(set) var sums: [[SIMD2<Double>]]

  private static let chunkLength = 1 << 17

  /// - Parameters:
  ///   - rows: of the node, rising.
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

  /// The histogram of the rows that `other`, a part of these, does not hold.
  func subtracting(_ other: BinHistogram) -> BinHistogram {
    var result = self
    for column in sums.indices {
      for bin in sums[column].indices { result.sums[column][bin] -= other.sums[column][bin] }
    }
    return result
  }
}
