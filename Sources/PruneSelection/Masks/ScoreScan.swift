import PruneCore
import PruneSurgery

/// Keys of scores between which the threshold of a selection is looked for.
struct ScoreBracket: Hashable, Sendable {
  var lowest: UInt32
  /// What has a higher key stays.
  var highest: UInt32

  static let everything = ScoreBracket(lowest: 0, highest: .max)
}

/// A connection that may stay; the smaller, the better: higher key, earlier layer, lower index.
struct Candidate: Comparable, Sendable {
  var key: UInt32
  var layer: Int
  var index: Int

  static func < (first: Candidate, second: Candidate) -> Bool {
    if first.key != second.key { return first.key > second.key }
    return (first.layer, first.index) < (second.layer, second.index)
  }
}

/// What the scores of one run of connections say.
struct ChunkScan: Sendable {
  /// `[run]`: above the bracket.
  private(set) var isAbove: [Bool]
  private(set) var aboveCount = 0
  /// Inside the bracket, rising.
  private(set) var candidates: [(key: UInt32, index: Int)] = []
  /// The highest key, of equal ones the first; `nil` where nothing is left.
  private(set) var best: (key: UInt32, index: Int)?
  private(set) var notANumber: Int?

  /// - Parameter kept: of the whole layer; `nil` for all.
  init(
    _ scores: UnsafeMutableBufferPointer<Float>, range: Range<Int>, kept: [Bool]?,
    bracket: ScoreBracket
  ) {
    var isAbove = [Bool](repeating: false, count: scores.count)
    for offset in 0..<scores.count {
      let index = range.lowerBound + offset
      guard kept?[index] ?? true else { continue }
      let key = ScoreOrder.key(scores[offset])
      if ScoreOrder.isNotANumber(key), notANumber == nil { notANumber = index }
      if key > best?.key ?? 0 { best = (key, index) }
      if key > bracket.highest {
        isAbove[offset] = true
        aboveCount += 1
      } else if key >= bracket.lowest {
        candidates.append((key, index))
      }
    }
    self.isAbove = isAbove
  }
}

/// The scans of one layer, put together.
struct LayerScan {
  private(set) var isAbove: [Bool] = []
  private(set) var aboveCount = 0
  private(set) var candidates: [(key: UInt32, index: Int)] = []
  private(set) var best: (key: UInt32, index: Int)?

  init(count: Int) { isAbove.reserveCapacity(count) }

  mutating func append(_ chunk: ChunkScan) {
    isAbove += chunk.isAbove
    aboveCount += chunk.aboveCount
    candidates += chunk.candidates
    if let first = chunk.best, first.key > best?.key ?? 0 { best = first }
  }

  /// What is inside the bracket, which this scan then no longer holds.
  mutating func takeCandidates(of layer: Int, into all: inout [Candidate]) {
    all.reserveCapacity(all.count + candidates.count)
    for found in candidates {
      all.append(Candidate(key: found.key, layer: layer, index: found.index))
    }
    candidates = []
  }

  /// What is above the bracket, which this scan then no longer holds.
  mutating func takeMask() -> [Bool] {
    let mask = isAbove
    isAbove = []
    return mask
  }
}
