import PruneCore

extension PruningRun {
  /// Tells the weights of the network as it is, where they were asked for. Rounds that a resumed run replays are left out:
  /// their weights need no longer be on disk.
  ///
  /// - Parameter round: counts from 1; 0 for the dense network.
  func reportWeights(round: Int) throws {
    guard options.reportsWeights, session.journal?.isReplaying != true else { return }
    let parameters = try session.engine.parameters(of: session.program)
    progress(
      .weights(
        round: round,
        session.layers.map { layer in
          let values = parameters[layer.parameter]?.floats ?? []
          let kept = session.masks[layer.parameter]?.kept
          return LayerWeights(
            name: layer.name,
            left: kept.map { zip(values, $0).compactMap { $1 ? $0 : nil } } ?? values)
        }))
  }
}
