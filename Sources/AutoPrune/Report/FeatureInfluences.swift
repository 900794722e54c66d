public import PruneController
public import PruneCore
public import PruneData
import PrunePredictor

extension AutoPruner {
  /// Influence of each feature on which weights were kept and which pruned, by the predictor or the prior that selected
  /// them; empty where a criterion selected, or whole units were cut out.
  ///
  /// - Parameters:
  ///   - pruned: what ``prune(_:on:options:splitSeed:archive:checkpoint:progress:)`` returned for `model`, `data` and `options`.
  ///   - model: the network before pruning.
  ///   - data: what it was pruned on.
  ///   - options: those it was pruned with.
  ///   - splitSeed: that of the split it was pruned with.
  public func influences(
    on pruned: PrunedNetwork, of model: Graph, data: DataSet, options: PruningOptions,
    splitSeed: UInt64 = 0
  ) async throws -> [FeatureInfluence] {
    guard case .predictor(let predictor, _) = try choice.criterion(for: options.granularity),
      pruned.masks.count > 0, !options.granularity.isStructural
    else { return [] }
    let source = pruned.report.selectedBy.flatMap { SelectionSource($0) }
    if case .criterion = source { return [] }
    let split = DataSplit(try data.train.fitted(to: model), seed: splitSeed)
    return try SelectionExplainer(
      source == .prior ? LogisticPredictor.prior : predictor, of: model, masks: pruned.masks,
      density: 1 - pruned.masks.sparsity,
      fit: split.training, engine: engine, options: options
    ).influences()
  }
}
