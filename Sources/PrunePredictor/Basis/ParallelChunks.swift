import Dispatch
import Synchronization

/// A range cut into chunks of fixed length that are worked on in parallel; results come in order, so sums over them do
/// not depend on the number of threads.
struct ParallelChunks: Sendable {
  let count: Int
  let length: Int

  func map<Result: Sendable>(_ body: @Sendable (Range<Int>) -> Result) -> [Result] {
    let chunks = (count + length - 1) / length
    @Sendable func range(_ chunk: Int) -> Range<Int> {
      chunk * length..<min(count, (chunk + 1) * length)
    }
    guard chunks > 1 else { return (0..<chunks).map { body(range($0)) } }
    let results = Mutex([Result?](repeating: nil, count: chunks))
    DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
      let result = body(range(chunk))
      results.withLock { $0[chunk] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
