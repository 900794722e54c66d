import PruneCore

/// Columns cut into at most 255 bins at quantiles, so that growing a tree never sorts again.
struct FeatureBins: Sendable {
  /// Per column, rising thresholds; bin `b` holds values `thresholds[b − 1] ≤ x < thresholds[b]`.
  let thresholds: [[Float]]
  /// `[columns][rows]`.
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

  /// The search takes the same eight steps for every value, without a branch on it.
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
