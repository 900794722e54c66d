package import PruneArchive
import PruneController
package import PruneCore
package import PruneData
import PruneFeatures
import PrunePredictor
import PruneSelection
import PruneSession
import PruneSupport

/// Set probing: prunes sets of weights near the threshold of a pruned network, each alone, and measures the change of the loss
/// on a fixed sample, without weight update.
///
/// Two dozen forward passes over a few hundred examples let a later fit use networks too large to archive. Each set leans
/// towards a random direction of the features, since sets drawn evenly would all be alike.
package struct SetProbing<E: Engine> {
  let engine: E
  let seed: UInt64

  package init(engine: E, seed: UInt64) {
    self.engine = engine
    self.seed = seed
  }

  /// Number of sets probed. Chosen by hand, like all numbers here.
  static var setCount: Int { 24 }
  /// Number of examples that the loss is measured on.
  static var examples: Int { 500 }
  /// Share of the kept weights, by rising score, that sets are drawn from.
  static var boundaryShare: Double { 0.3 }
  /// Share of the kept weights in each set.
  static var setShare: Double { 0.03 }
  /// Expected number of weights in the pool, at most; bounds the memory.
  static var mostPooled: Int { 100_000 }

  /// A weight of the pool that sets are drawn from, with its features.
  private struct Member {
    var layer: Int
    var weight: Int
    var features: [Float]
  }

  /// Probes a pruned network.
  ///
  /// - Parameters:
  ///   - graph: pruned network.
  ///   - masks: masks of its layers, by value name.
  ///   - fit: training part, labelled.
  /// - Returns: table with a row per set; its columns are the mean of each feature over the set, then `set_size`, `density`,
  ///   `loss_before` and `loss_change`. `nil` where too few weights are kept to draw sets from.
  package func table(of graph: Graph, masks: MaskSet, fit: ExampleSet) throws -> SampleTable? {
    let session = try PruningSession(graph, engine: engine)
    try session.apply(masks)
    let objective = Objective.crossEntropy(labelSmoothing: 0)
    let extraction = try FeatureExtraction(names: PredictorFitting.standardFeatures)
    let network = try session.state(
      extraction.requiredStatistics, on: fit, limit: Self.examples, batchSize: 250,
      objective: objective, seed: seed)
    let runner = MaskedRunner(
      engine: engine, program: try session.program, state: network,
      batches: session.calibrationBatches(
        from: fit, limit: Self.examples, batchSize: 250, seed: seed),
      objective: objective)
    var state = PruningState(network)
    state.observe(
      maskGradients: try runner.lossAndGradient(softMask: state.softMask).gradients)
    let left = state.masks.reduce(0) { $0 + $1.keptCount }
    let density = Double(left) / Double(max(network.weightCount, 1))
    var generator = SeededGenerator(seed: seed, stream: "set probes")
    let pool = pool(
      of: state, StateExtraction(extraction, of: network).features(of: state), left: left,
      density: density, &generator)
    let size = min(pool.count / 2, max(1, Int(Self.setShare * Double(left))))
    guard size > 0, pool.count >= 8 else { return nil }
    let before = try runner.loss(softMask: state.softMask)
    var rows: [[Float]] = []
    for _ in 0..<Self.setCount {
      let set = drawSet(of: size, from: pool, &generator)
      var softMask = state.softMask
      for member in set { softMask[member.layer][member.weight] = 0 }
      let change = try runner.loss(softMask: softMask) - before
      rows.append(
        Self.means(of: set) + [Float(size), Float(density), Float(before), Float(change)])
    }
    let names = extraction.names + ["set_size", "density", "loss_before", "loss_change"]
    return SampleTable(
      kind: .setProbes, featureVersion: FeatureRegistry.version,
      columns: names.enumerated().map { index, name in
        SampleTable.Column(name: name, values: rows.map { $0[index] })
      })
  }

  /// Pool that sets are drawn from: kept weights with the lowest scores.
  private func pool(
    of state: PruningState, _ features: some FeatureSource, left: Int, density: Double,
    _ generator: inout SeededGenerator
  ) -> [Member] {
    let scores = LogisticPredictor.prior.scores(from: features, targetDensity: density)
    let kept = zip(scores, state.masks).flatMap { layer, mask in
      zip(layer, mask.kept).compactMap { $1 ? $0 : nil }
    }.sorted()
    guard !kept.isEmpty else { return [] }
    let limit = kept[min(kept.count - 1, Int(Self.boundaryShare * Double(kept.count)))]
    let chance = Double(Self.mostPooled) / max(1, Self.boundaryShare * Double(left))
    var pool: [Member] = []
    for (layer, mask) in state.masks.enumerated() {
      let chosen = mask.kept.indices.filter {
        mask.kept[$0] && scores[layer][$0] <= limit && (chance >= 1 || generator.uniform() < chance)
      }
      pool += chosen.map { weight in
        Member(
          layer: layer, weight: weight,
          features: features.values(layer: layer, weight: weight))
      }
    }
    return pool
  }

  /// `size` members out of the half of the pool that lies furthest in a random direction of the features.
  private func drawSet(
    of size: Int, from pool: [Member], _ generator: inout SeededGenerator
  ) -> ArraySlice<Member> {
    let direction = pool[0].features.map { _ in Float(generator.uniform() - 0.5) }
    let places = pool.map { member in
      zip(member.features, direction).reduce(Float.zero) { $0 + $1.0 * $1.1 }
    }
    let order = pool.indices.sorted { (places[$1], $0) < (places[$0], $1) }
    let half = order.prefix(max(size, pool.count / 2)).map { pool[$0] }
    return half.shuffled(by: &generator).prefix(size)
  }

  private static func means(of set: ArraySlice<Member>) -> [Float] {
    guard let first = set.first else { return [] }
    return first.features.indices.map { feature in
      set.reduce(Float.zero) { $0 + $1.features[feature] } / Float(set.count)
    }
  }
}

extension FeatureSource {
  /// All features of one weight.
  fileprivate func values(layer: Int, weight: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: names.count) { target, initialized in
      fill(
        UnsafeMutableBufferPointer(rebasing: target[0..<names.count]),
        features: Array(names.indices), layer: layer, range: weight..<weight + 1)
      initialized = names.count
    }
  }
}
