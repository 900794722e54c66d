import PruneCore
public import PruneFeatures

/// Scores runs of connections without a table of their features; several threads may use it.
public protocol ChunkScorer: Sendable {
  /// - Parameters:
  ///   - range: of the layer's connections, in stored order.
  ///   - target: `[range.count]`.
  func score(layer: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>)
}

extension ImportancePredictor {
  /// The same scores as from a table, in memory for the scores alone; those of removed connections mean nothing.
  ///
  /// - Parameter features: with every column of ``featureNames``; anything else is a programming error and traps.
  /// - Returns: `[layers][connections]`, in stored order.
  public func scores(from features: some FeatureSource, targetDensity: Double) -> [[Float]] {
    guard let scorer = chunkScorer(for: features, targetDensity: targetDensity) else {
      return scores(for: features.table, targetDensity: targetDensity)
    }
    return features.prunableLayers.enumerated().map { layer, prunable in
      ParallelChunks(count: prunable.count, length: ChunkLength.connections).joined { range in
        [Float](unsafeUninitializedCapacity: range.count) { target, initialized in
          scorer.score(
            layer: layer, range: range,
            into: UnsafeMutableBufferPointer(rebasing: target[0..<range.count]))
          initialized = range.count
        }
      }
    }
  }
}

/// How many connections are worked on at a time: with twenty columns they fill half a megabyte, a core's cache.
package enum ChunkLength {
  package static var connections: Int { 1 << 12 }
}

extension FeatureSource {
  /// - Precondition: the source has these features.
  func positions(of wanted: [String]) -> [Int] {
    let known = Dictionary(
      names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return wanted.map { name in
      guard let position = known[name] else {
        preconditionFailure(
          "the features have no '\(name)', only \(names.joined(separator: ", "))")
      }
      return position
    }
  }
}
