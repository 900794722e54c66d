/// Columns cut into at most 255 bins at quantiles, so that growing a tree never sorts again.
struct FeatureBins: Sendable {
  /// Per column, rising thresholds; bin `b` holds values `thresholds[b − 1] ≤ x < thresholds[b]`.
  let thresholds: [[Float]]
  /// `[columns][rows]`.
  let bins: [[UInt8]]

  init(_ columns: [[Float]], maximumBins: Int, sampleSize: Int = 100_000) {
    let limit = min(255, max(2, maximumBins))
    thresholds = columns.map { column in
      let step = max(1, column.count / sampleSize)
      let sample = stride(from: 0, to: column.count, by: step).map { column[$0] }.sorted()
      var cuts: [Float] = []
      for bin in 1..<limit {
        let cut = sample.isEmpty ? 0 : sample[min(sample.count - 1, bin * sample.count / limit)]
        if cut > cuts.last ?? sample.first ?? cut { cuts.append(cut) }
      }
      return cuts
    }
    bins = zip(columns, thresholds).map { column, cuts in
      column.map { value in
        var (low, high) = (0, cuts.count)
        while low < high {
          let middle = (low + high) / 2
          if value >= cuts[middle] { low = middle + 1 } else { high = middle }
        }
        return UInt8(low)
      }
    }
  }
}
