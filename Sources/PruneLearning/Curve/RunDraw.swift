import PruneCore
import PruneSupport

extension [LearnableNetwork] {
  /// The networks in the order of a draw: a prefix of it is a draw of as many runs, and a part of every larger one.
  ///
  /// Groups take turns, so that a few runs are of as many groups as there can be, and two draws of one size differ less
  /// than if groups were left to chance.
  public func drawn(seed: UInt64) -> [LearnableNetwork] {
    var generator = SeededGenerator(seed: seed, stream: "draw of archived runs")
    let groups = Set(map(\.group)).sorted().shuffled(by: &generator)
    let queues = groups.map { group in
      filter { $0.group == group }.shuffled(by: &generator)
    }
    return (0..<(queues.map(\.count).max() ?? 0)).flatMap { turn in
      queues.compactMap { $0.indices.contains(turn) ? $0[turn] : nil }
    }
  }
}
