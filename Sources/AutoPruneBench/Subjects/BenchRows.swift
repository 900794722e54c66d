import AutoPrune
import Dispatch
import Foundation
import PruneSupport
import Synchronization

/// Generated rows for the comparison of fits: 32 columns in correlated groups, labels that are not quite linear in them.
struct BenchRows {
  static let columnCount = 32

  let columns: [[Float]]
  let labels: [Float]

  init(count: Int, seed: UInt64) {
    let raw = Self.concurrentColumns(Self.columnCount) { column in
      Self.normals(count, seed: seed, stream: "column \(column)")
    }
    columns = Self.concurrentColumns(Self.columnCount) { column in
      // Neighbours in groups of four share half their variance.
      let leader = raw[column / 4 * 4]
      let scale = Float(column % 5 + 1)
      return (0..<count).map { scale * 0.707 * (raw[column][$0] + leader[$0]) }
    }
    var generator = SeededGenerator(seed: seed, stream: "labels")
    var labels = [Float](repeating: 0, count: count)
    for row in 0..<count {
      var score: Float = -0.4
      for column in 0..<Self.columnCount {
        score += columns[column][row] * Float(column % 7 - 3) / (12 * Float(column % 5 + 1))
      }
      if columns[3][row] > 1, columns[8][row] < 0 { score += 1.5 }
      score += 0.3 * abs(columns[20][row])
      labels[row] = Float(generator.uniform()) < 1 / (1 + exp(-score)) ? 1 : 0
    }
    self.labels = labels
  }

  /// Writes columns, then labels, as little-endian float32.
  func write(to url: URL) throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    let handle = try FileHandle(forWritingTo: url)
    for column in columns + [labels] {
      try column.withUnsafeBytes { bytes in try handle.write(contentsOf: Data(bytes)) }
    }
    try handle.close()
  }

  func labelled(_ range: Range<Int>) throws -> LabelledRows {
    try LabelledRows(
      columns: columns.map { range.count == $0.count ? $0 : Array($0[range]) },
      labels: Array(labels[range]))
  }

  private static func concurrentColumns(
    _ count: Int, _ body: @Sendable (Int) -> [Float]
  ) -> [[Float]] {
    let results = Mutex([[Float]](repeating: [], count: count))
    DispatchQueue.concurrentPerform(iterations: count) { column in
      let values = body(column)
      results.withLock { $0[column] = values }
    }
    return results.withLock { $0 }
  }

  /// Standard normal numbers.
  private static func normals(_ count: Int, seed: UInt64, stream: String) -> [Float] {
    var generator = SeededGenerator(seed: seed, stream: stream)
    var values = [Float](repeating: 0, count: count)
    for index in stride(from: 0, to: count, by: 2) {
      let pair = generator.normalPair()
      values[index] = Float(pair.0)
      if index + 1 < count { values[index + 1] = Float(pair.1) }
    }
    return values
  }
}

/// Area under the receiver operating characteristic (AUC), ties counting half.
enum RankedArea {
  static func area(scores: [Float], labels: [Float]) -> Double {
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var (below, pairs) = (0.0, 0.0)
    var start = 0
    while start < order.count {
      var end = start
      var (positive, negative) = (0.0, 0.0)
      while end < order.count, scores[order[end]] == scores[order[start]] {
        if labels[order[end]] > 0.5 { positive += 1 } else { negative += 1 }
        end += 1
      }
      pairs += positive * (below + negative / 2)
      below += negative
      start = end
    }
    let positives = Double(labels.count { $0 > 0.5 })
    return pairs / (positives * (Double(labels.count) - positives))
  }
}
