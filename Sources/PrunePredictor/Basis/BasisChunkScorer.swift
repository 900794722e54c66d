import PruneCore
import PruneFeatures

/// Scorer of θᵀφ for runs of weights, one θ and one density: features that are constant in a layer are folded into the
/// coefficients of the others, and only features with a coefficient are computed.
struct BasisChunkScorer: ChunkScorer {
  private let features: any FeatureSource
  private let layers: [Layer]

  private struct Layer {
    var folded: FoldedLayer
    /// Positions in the source of the features needed, in the order of `standards`.
    var positions: [Int]
    /// Centre to subtract and factor to multiply by, per position.
    var standards: [(centre: Float, factor: Float)]
  }

  init(
    _ basis: FeatureBasis, coefficients: [Double], features: some FeatureSource,
    targetDensity: Double
  ) {
    self.features = features
    let monomials = BasisMonomials(basis)
    let weights = monomials.weights(coefficients, density: targetDensity)
    let sources = features.positions(of: basis.featureNames)
    layers = features.prunableLayers.indices.map { layer in
      let constants = sources.enumerated().map { feature, source in
        features.constant(source, layer: layer).map { basis.standardize($0, feature) }
      }
      var folded = FoldedLayer(weights, monomials: monomials.factors, layer: constants)
      let needed = folded.compact()
      return Layer(
        folded: folded, positions: needed.map { sources[$0] },
        standards: needed.map { (Float(basis.centres[$0]), Float(1 / basis.scales[$0])) })
    }
  }

  func score(layer: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>) {
    let plan = layers[layer]
    withUnsafeTemporaryAllocation(
      of: Float.self, capacity: max(1, plan.positions.count * range.count)
    ) { columns in
      features.fill(columns, features: plan.positions, layer: layer, range: range)
      add(plan, columns: columns, count: range.count, into: target)
    }
  }

  /// - Parameter columns: `[positions, count]`, raw.
  private func add(
    _ plan: Layer, columns: UnsafeMutableBufferPointer<Float>, count: Int,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    let isStandardizedInPlace = !plan.folded.products.isEmpty
    for index in 0..<count { target[index] = plan.folded.offset }
    if isStandardizedInPlace {
      for (feature, standard) in plan.standards.enumerated() {
        let first = feature * count
        for index in first..<first + count {
          columns[index] = FeatureBasis.clamp((columns[index] - standard.centre) * standard.factor)
        }
      }
    }
    for (feature, weight) in plan.folded.linear {
      let first = feature * count
      if isStandardizedInPlace {
        for index in 0..<count { target[index] += weight * columns[first &+ index] }
      } else {
        let (centre, factor) = plan.standards[feature]
        for index in 0..<count {
          target[index] += weight * FeatureBasis.clamp((columns[first &+ index] - centre) * factor)
        }
      }
    }
    for product in plan.folded.products {
      let (left, right, weight) = (product.first * count, product.second * count, product.weight)
      for index in 0..<count {
        target[index] += weight * columns[left &+ index] * columns[right &+ index]
      }
    }
  }
}

extension FoldedLayer {
  /// Renumbers the features so that only those with a coefficient remain.
  ///
  /// - Returns: the old number of every new one.
  mutating func compact() -> [Int] {
    let used = Set(linear.map(\.feature) + products.flatMap { [$0.first, $0.second] }).sorted()
    let places = Dictionary(
      used.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    linear = linear.map { (places[$0.feature] ?? 0, $0.weight) }
    products = products.map { (places[$0.first] ?? 0, places[$0.second] ?? 0, $0.weight) }
    return used
  }
}
