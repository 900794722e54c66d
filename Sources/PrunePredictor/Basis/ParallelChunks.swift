import Dispatch
import Synchronization

/// A range cut into chunks of fixed length that are worked on in parallel; results come in order, so sums over them do
/// not depend on the number of threads.
struct ParallelChunks: Sendable {
  let chunks: [Range<Int>]

  init(count: Int, length: Int) { self.init([0..<count], length: length) }

  /// Cuts each of some ranges.
  init(_ ranges: [Range<Int>], length: Int) {
    chunks = ranges.flatMap { range in
      stride(from: range.lowerBound, to: range.upperBound, by: length).map {
        $0..<min(range.upperBound, $0 + length)
      }
    }
  }

  func map<Result: Sendable>(_ body: @Sendable (Range<Int>) -> Result) -> [Result] {
    guard chunks.count > 1 else { return chunks.map(body) }
    let results = Mutex([Result?](repeating: nil, count: chunks.count))
    DispatchQueue.concurrentPerform(iterations: chunks.count) { chunk in
      let result = body(chunks[chunk])
      results.withLock { $0[chunk] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
