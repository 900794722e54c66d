public import PruneController
public import PruneCore
public import PruneData
public import PruneSession

/// A pruning that runs, with its progress events as a sequence.
///
/// ```swift
/// let running = pruner.start(model, on: data, options: PruningOptions(budget: .maximumDrop(points: 0.5)))
/// for await event in running.events { show(event) }
/// let pruned = try await running.value
/// ```
public struct RunningPruning: Sendable {
  /// Progress events in their order, kept until they are read; the sequence ends with the run.
  public let events: AsyncStream<PruningProgress>
  let task: Task<PrunedNetwork, any Error>

  /// The result, once the run has ended.
  ///
  /// - Throws: as ``AutoPruner/prune(_:on:options:splitSeed:archive:checkpoint:progress:)``.
  public var value: PrunedNetwork {
    get async throws { try await task.value }
  }

  /// Ends the search. ``value`` is then the best network accepted so far, and its
  /// ``PruneReport/stoppedBy`` is ``StopReason/interrupted``.
  public func cancel() { task.cancel() }
}

extension AutoPruner {
  /// Starts a pruning and returns at once.
  ///
  /// The parameters are those of ``prune(_:on:options:splitSeed:archive:checkpoint:progress:)``. The run does not stop
  /// where its events are no longer read; ``RunningPruning/cancel()`` stops it.
  public nonisolated func start(
    _ model: Graph, on data: DataSet, options: PruningOptions, splitSeed: UInt64 = 0,
    archive: ArchiveTarget? = nil, checkpoint: RunCheckpoint? = nil
  ) -> RunningPruning {
    let (events, continuation) = AsyncStream<PruningProgress>.makeStream()
    let task = Task {
      defer { continuation.finish() }
      return try await prune(
        model, on: data, options: options, splitSeed: splitSeed, archive: archive,
        checkpoint: checkpoint
      ) { continuation.yield($0) }
    }
    return RunningPruning(events: events, task: task)
  }
}
