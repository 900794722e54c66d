package import PruneCore
package import PrunePredictor
import PruneSupport
import PruneSurgery

/// Selects the highest scores of a network while they are computed, range by range, so that features and scores of the
/// whole network are never in memory together.
///
/// A sample of the scores brackets the threshold; weights above the bracket are kept, and only the few inside it are
/// sorted. The result equals that of ``Selection`` with `.element`.
///
/// - Source: the bracket by a sample as in Floyd & Rivest, *Expected time bounds for selection*, Communications of the
///   ACM 18, 1975.
package struct StreamedSelection {
  private let layers: [PrunableLayer]
  private let current: [Mask?]
  private let scorer: any ChunkScorer
  private let sampleSize: Int

  /// - Parameters:
  ///   - current: current masks per layer; `nil` where nothing is pruned.
  ///   - scorer: computes the scores of a range of weights.
  ///   - sampleSize: number of scores that bracket the threshold; smaller networks are sorted.
  package init(
    layers: [PrunableLayer], current: [Mask?], scorer: any ChunkScorer, sampleSize: Int = 1 << 19
  ) {
    precondition(layers.count == current.count, "\(layers.count) layers, \(current.count) masks")
    self.layers = layers
    self.current = current
    self.scorer = scorer
    self.sampleSize = sampleSize
  }

  /// Selects masks of all layers.
  ///
  /// - Parameter density: share of all weights to keep, above 0, at most 1.
  /// - Throws: ``SelectionError``.
  package func masks(keeping density: Double) throws -> MaskSet {
    guard density > 0, density <= 1 else { throw SelectionError.densityOutOfRange(density) }
    let left = layers.indices.map { current[$0]?.keptCount ?? layers[$0].count }
    let available = left.reduce(0, +)
    let all = layers.reduce(0) { $0 + $1.count }
    let count = min(available, Int((density * Double(all)).rounded()))
    let needed = left.count { $0 > 0 }
    guard count >= needed else {
      let largest = layers.indices.max { layers[$0].count < layers[$1].count } ?? 0
      throw SelectionError.tooFew(
        asked: count, needed: needed, layer: layers.isEmpty ? "" : layers[largest].name)
    }
    for bracket in sampledBrackets(around: Double(count) / Double(max(available, 1)), of: all) {
      var scans = try scan(within: bracket)
      if let masks = resolve(&scans, keeping: count) { return masks }
    }
    throw SelectionError.tooFew(asked: count, needed: needed, layer: layers.first?.name ?? "")
  }

  /// Computes and scans all scores.
  private func scan(within bracket: ScoreBracket) throws -> [LayerScan] {
    try layers.enumerated().map { layer, prunable in
      let kept = current[layer]?.kept
      var layerScan = LayerScan(count: prunable.count)
      for wave in stride(from: 0, to: prunable.count, by: Self.waveLength) {
        let part = wave..<min(prunable.count, wave + Self.waveLength)
        let chunks = ParallelChunks([part], length: ChunkLength.weights).map { range in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: range.count) { scratch in
            let scores = UnsafeMutableBufferPointer(rebasing: scratch[0..<range.count])
            scorer.score(layer: layer, range: range, into: scores)
            return ChunkScan(scores, range: range, kept: kept, bracket: bracket)
          }
        }
        if let index = chunks.compactMap(\.notANumber).first {
          throw SelectionError.notANumber(layer: prunable.name, index: index)
        }
        for chunk in chunks { layerScan.append(chunk) }
      }
      return layerScan
    }
  }

  /// Masks from the scans; `nil` where the threshold is outside of the bracket.
  private func resolve(_ scans: inout [LayerScan], keeping count: Int) -> MaskSet? {
    let above = scans.reduce(0) { $0 + $1.aboveCount }
    var candidates: [Candidate] = []
    for layer in scans.indices { scans[layer].takeCandidates(of: layer, into: &candidates) }
    candidates.sort()
    let best = scans.enumerated().compactMap { layer, scan in
      scan.best.map { Candidate(key: $0.key, layer: layer, index: $0.index) }
    }
    // A layer whose weights are all below the threshold keeps its best one, in exchange for another layer's weight.
    var chosen = count - above
    var forced: [Candidate] = []
    while true {
      guard (0...candidates.count).contains(chosen) else { return nil }
      let empty = best.filter { first in
        scans[first.layer].aboveCount == 0
          && (chosen == 0 || candidates[chosen - 1] < first)
      }
      if empty.count <= forced.count { break }
      forced = empty
      chosen = count - above - forced.count
    }
    var masks = scans.indices.map { scans[$0].takeMask() }
    for candidate in candidates.prefix(chosen) + forced {
      masks[candidate.layer][candidate.index] = true
    }
    return MaskSet(
      Dictionary(
        zip(layers.map(\.parameter), masks.map { Mask($0) }),
        uniquingKeysWith: { first, _ in first }))
  }

  /// Brackets from narrow to wide, by quantiles of a sample of the scores around the threshold's; their margins in rank
  /// are chosen by hand.
  private func sampledBrackets(around share: Double, of count: Int) -> [ScoreBracket] {
    let step = max(1, count / max(1, sampleSize))
    guard step > 1 else { return [.everything] }
    var keys: [UInt32] = []
    for (layer, prunable) in layers.enumerated() {
      let kept = current[layer]?.kept
      let starts = stride(from: 0, to: prunable.count, by: Self.runLength * step)
      let runs = starts.map { $0..<min(prunable.count, $0 + Self.runLength) }
      keys += ParallelChunks(runs, length: Self.runLength).joined { run in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: run.count) { scratch in
          let scores = UnsafeMutableBufferPointer(rebasing: scratch[0..<run.count])
          scorer.score(layer: layer, range: run, into: scores)
          return run.compactMap { index in
            kept?[index] ?? true ? ScoreOrder.key(scores[index - run.lowerBound]) : nil
          }
        }
      }
    }
    guard !keys.isEmpty else { return [.everything] }
    keys.sort(by: >)
    func key(at rank: Double) -> UInt32 {
      keys[min(keys.count - 1, max(0, Int(rank * Double(keys.count))))]
    }
    return [0.004, 0.02, 0.1].map { margin in
      ScoreBracket(
        lowest: share + margin < 1 ? key(at: share + margin) : 0,
        highest: share > margin ? key(at: share - margin) : .max)
    } + [.everything]
  }

  /// Largest number of weights whose range scans are in memory together; chosen by hand.
  private static let waveLength = 1 << 20
  /// Number of consecutive weights in a sampled run; chosen by hand.
  private static let runLength = 1 << 9
}
