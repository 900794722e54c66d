import PruneCore
import PruneSurgery

/// Bracket of keys within which the threshold of a selection is searched.
struct ScoreBracket: Hashable, Sendable {
  /// Lowest key of the bracket; weights with a lower one are pruned.
  var lowest: UInt32
  /// Highest key of the bracket; weights with a higher one are kept.
  var highest: UInt32

  static let everything = ScoreBracket(lowest: 0, highest: .max)
}

/// Weight within the bracket. A smaller candidate is a better one: higher key, earlier layer, lower index.
struct Candidate: Comparable, Sendable {
  var key: UInt32
  var layer: Int
  var index: Int

  static func < (first: Candidate, second: Candidate) -> Bool {
    if first.key != second.key { return first.key > second.key }
    return (first.layer, first.index) < (second.layer, second.index)
  }
}

/// Scan of the scores of one range of a layer's weights.
struct ChunkScan: Sendable {
  /// `true` for scores above the bracket, `[range]`.
  private(set) var isAbove: [Bool]
  private(set) var aboveCount = 0
  /// Weights inside the bracket, by rising index.
  private(set) var candidates: [(key: UInt32, index: Int)] = []
  /// Weight with the highest key, the first of equal ones; `nil` where all weights are pruned.
  private(set) var best: (key: UInt32, index: Int)?
  /// Position of the first NaN in the layer; `nil` for none.
  private(set) var notANumber: Int?

  /// - Parameters:
  ///   - scores: scores of the range.
  ///   - range: positions of the weights in the layer.
  ///   - kept: current mask of the whole layer; `nil` where nothing is pruned.
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

/// Joined scans of one layer.
struct LayerScan {
  private(set) var isAbove: [Bool] = []
  private(set) var aboveCount = 0
  private(set) var candidates: [(key: UInt32, index: Int)] = []
  private(set) var best: (key: UInt32, index: Int)?

  /// - Parameter count: number of the layer's weights.
  init(count: Int) { isAbove.reserveCapacity(count) }

  /// Appends the scan of the next range.
  mutating func append(_ chunk: ChunkScan) {
    isAbove += chunk.isAbove
    aboveCount += chunk.aboveCount
    candidates += chunk.candidates
    if let first = chunk.best, first.key > best?.key ?? 0 { best = first }
  }

  /// Moves the candidates inside the bracket out of this scan.
  mutating func takeCandidates(of layer: Int, into all: inout [Candidate]) {
    all.reserveCapacity(all.count + candidates.count)
    for found in candidates {
      all.append(Candidate(key: found.key, layer: layer, index: found.index))
    }
    candidates = []
  }

  /// Moves the mask of the weights above the bracket out of this scan.
  mutating func takeMask() -> [Bool] {
    let mask = isAbove
    isAbove = []
    return mask
  }
}
