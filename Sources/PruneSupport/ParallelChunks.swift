import Dispatch
import Synchronization

/// A range cut into chunks of fixed length that are worked on in parallel; results come in order, so sums over them do
/// not depend on the number of threads.
package struct ParallelChunks: Sendable {
  package let chunks: [Range<Int>]

  package init(count: Int, length: Int) { self.init([0..<count], length: length) }

  /// Cuts each of some ranges.
  package init(_ ranges: [Range<Int>], length: Int) {
    chunks = ranges.flatMap { range in
      stride(from: range.lowerBound, to: range.upperBound, by: length).map {
        $0..<$0 + min(length, range.upperBound - $0)
      }
    }
  }

  package func map<Result: Sendable>(_ body: @Sendable (Range<Int>) -> Result) -> [Result] {
    guard chunks.count > 1 else { return chunks.map(body) }
    let results = Mutex([Result?](repeating: nil, count: chunks.count))
    DispatchQueue.concurrentPerform(iterations: chunks.count) { chunk in
      let result = body(chunks[chunk])
      results.withLock { $0[chunk] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }

  /// Results of the chunks, one after the other, with few of them in memory at a time.
  package func joined<Element: Sendable>(
    _ body: @Sendable (Range<Int>) -> [Element]
  ) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(chunks.reduce(0) { $0 + $1.count })
    for start in stride(from: 0, to: chunks.count, by: Self.waveLength) {
      let wave = chunks[start..<min(chunks.count, start + Self.waveLength)]
      for part in ParallelChunks(Array(wave), length: .max).map(body) { result += part }
    }
    return result
  }

  private static let waveLength = 256
}
