public import PruneController
public import PruneCore
public import PruneData
import PrunePredictor

/// Masks to explain.
public enum ExplainedMasks: Sendable {
  /// Masks that the predictor selects at this sparsity.
  case selected(Sparsity)
  /// Masks of the weights that are zero in a network pruned from the model.
  case of(pruned: Graph)
  /// Given masks, such as those of a checkpoint.
  case given(MaskSet)
}

extension AutoPruner {
  /// Explains why weights of a network are kept or pruned.
  ///
  /// - Parameters:
  ///   - model: network before pruning.
  ///   - examples: training part, for statistics and gradients.
  ///   - masks: masks to explain.
  ///   - layerName: the only layer to explain, by name, parameter or number; `nil` for all.
  ///   - index: index of one weight of that layer in the stored tensor; `nil` for none.
  ///   - seed: seed of samples for statistics and gradients.
  /// - Throws: ``ExplanationError``, ``DataError``, engine errors.
  public func explain(
    _ model: Graph, on examples: ExampleSet, masks: ExplainedMasks, layer layerName: String? = nil,
    index: [Int]? = nil, seed: UInt64 = 0
  ) async throws -> MaskExplanation {
    guard case .predictor(let predictor, let name) = try choice.criterion(for: .element) else {
      throw ExplanationError.noPredictor(criterion: choice.name)
    }
    guard !predictor.ranksUnits else { throw ExplanationError.ranksUnits(preset: name) }
    try GraphValidator().validate(model)
    let layers = model.prunableLayers()
    let chosen = try layerName.map { try Self.position(of: $0, among: layers) }
    let flat = try index.map { index in
      let layer = layers[chosen ?? 0]
      return try Self.position(of: index, in: layer)
    }
    let (given, density): (MaskSet?, Double) =
      switch masks {
      case .selected(let sparsity): (nil, sparsity.density)
      case .of(let pruned): (try Self.masks(of: pruned, layers: layers), 0)
      case .given(let masks): (try Self.checked(masks, layers: layers), 0)
      }
    let explainer = try SelectionExplainer(
      predictor, of: model, masks: given, density: density, fit: try examples.fitted(to: model),
      engine: engine,
      options: PruningOptions(budget: .maximumDrop(points: 0), seed: seed, batchSize: 250))
    let shown = chosen.map { [$0] } ?? Array(explainer.layers.indices)
    let weight = try flat.map { flat in
      try self.weight(
        flat, index: index ?? [], inLayer: chosen ?? 0, by: explainer, model: model)
    }
    return MaskExplanation(
      predictor: name,
      sparsity: 1 - Double(explainer.masks.reduce(0) { $0 + $1.keptCount })
        / Double(max(1, explainer.masks.reduce(0) { $0 + $1.kept.count })),
      layers: shown.map { position in
        let layer = explainer.layers[position]
        return MaskExplanation.Layer(
          name: layer.name, kind: layer.kind.rawValue, shape: layer.shape,
          sparsity: 1 - explainer.masks[position].density,
          influences: explainer.influences(inLayer: position))
      }, weight: weight)
  }

  /// Explanation of one weight.
  ///
  /// - Parameter flat: position of the weight in stored order.
  private func weight(
    _ flat: Int, index: [Int], inLayer layer: Int, by explainer: SelectionExplainer<E>,
    model: Graph
  ) throws -> MaskExplanation.Weight {
    let parts = explainer.explanation(of: flat, inLayer: layer)
    let rank = explainer.rank(of: flat, inLayer: layer)
    let parameter = explainer.layers[layer].parameter
    return MaskExplanation.Weight(
      layer: explainer.layers[layer].name, index: index,
      value: Double(model.parameters()[parameter]?.floats?[flat] ?? .nan),
      isKept: explainer.masks[layer].kept[flat], score: parts.score, importance: parts.importance,
      rankInLayer: rank.inLayer, rankOverall: rank.overall, intercept: parts.intercept,
      contributions: parts.contributions, path: parts.path)
  }

  /// Position of a layer, by its name, parameter or number.
  private static func position(of name: String, among layers: [PrunableLayer]) throws -> Int {
    if let found = layers.firstIndex(where: { $0.name == name || $0.parameter == name }) {
      return found
    }
    if let number = Int(name), layers.indices.contains(number) { return number }
    throw ExplanationError.unknownLayer(name: name, known: layers.map(\.name))
  }

  /// Position of an index in stored order.
  private static func position(of index: [Int], in layer: PrunableLayer) throws -> Int {
    guard index.count == layer.shape.count,
      zip(index, layer.shape).allSatisfy({ (0..<$1).contains($0) })
    else {
      throw ExplanationError.indexOutOfRange(
        index: index, layer: layer.name, shape: layer.shape)
    }
    return zip(index, layer.shape).reduce(0) { $0 * $1.1 + $1.0 }
  }

  private static func checked(_ masks: MaskSet, layers: [PrunableLayer]) throws -> MaskSet {
    for layer in layers where masks[layer.parameter].map({ $0.kept.count != layer.count }) ?? false
    {
      throw ExplanationError.otherNetwork(layer: layer.name)
    }
    return masks
  }

  private static func masks(of pruned: Graph, layers: [PrunableLayer]) throws -> MaskSet {
    let parameters = pruned.parameters()
    var masks: [String: Mask] = [:]
    for layer in layers {
      guard let weights = parameters[layer.parameter], weights.shape == layer.shape,
        let values = weights.floats
      else { throw ExplanationError.otherNetwork(layer: layer.name) }
      masks[layer.parameter] = Mask(values.map { $0 != 0 })
    }
    return MaskSet(masks)
  }
}

extension AutoPruner {
  /// Influences of the features: how far each separates kept from pruned weights, by the predictor or the prior that
  /// selected them. Empty where a hand-made criterion selected, or where whole units were pruned.
  ///
  /// - Parameters:
  ///   - pruned: result of ``prune(_:on:options:splitSeed:archive:checkpoint:progress:)`` for `model`, `data` and `options`.
  ///   - model: network before pruning.
  ///   - data: data of the run.
  ///   - options: options of the run.
  ///   - splitSeed: seed of the run's split.
  public func influences(
    on pruned: PrunedNetwork, of model: Graph, data: DataSet, options: PruningOptions,
    splitSeed: UInt64 = 0
  ) async throws -> [FeatureInfluence] {
    guard case .predictor(let predictor, _) = try choice.criterion(for: options.granularity),
      pruned.masks.count > 0,
      !options.granularity.isStructural
    else { return [] }
    let source = pruned.report.selectedBy.flatMap { SelectionSource($0) }
    if case .criterion = source { return [] }
    let split = DataSplit(try data.train.fitted(to: model), seed: splitSeed)
    return try SelectionExplainer(
      source == .prior ? LogisticPredictor.prior : predictor, of: model, masks: pruned.masks,
      density: 1 - pruned.masks.sparsity, fit: split.training, engine: engine, options: options
    ).influences()
  }
}
