import PruneCore
import PruneSupport

extension [LearnableNetwork] {
  /// The networks in the order of a draw: a prefix of it is a draw of as many runs, and a part of every larger one.
  ///
  /// Families take turns, so that a few runs are of as many families as there can be, and two draws of one size differ less
  /// than if families were left to chance.
  public func drawn(seed: UInt64) -> [LearnableNetwork] {
    var generator = SeededGenerator(seed: seed, stream: "draw of archived runs")
    let families = Set(map(\.family)).sorted().shuffled(by: &generator)
    let queues = families.map { family in
      filter { $0.family == family }.shuffled(by: &generator)
    }
    return (0..<(queues.map(\.count).max() ?? 0)).flatMap { turn in
      queues.compactMap { $0.indices.contains(turn) ? $0[turn] : nil }
    }
  }
}
