import Foundation
public import PruneFeatures

/// Terms that θ multiplies: standardised features, products of them, and both again times powers of the target sparsity.
public struct FeatureBasis: Hashable, Sendable, Codable {
  /// Bound that standardised values are clamped to, ±, so that one outlier on an unseen network cannot decide everything.
  public static let clampLimit: Float = 6

  /// Names of the raw features, each once; ``BasisTerm/factors`` are positions in this list.
  public var featureNames: [String]
  /// Centres, subtracted from each feature, `[features]`.
  public var centres: [Double]
  /// Scales, divisors of each feature, `[features]`, > 0.
  public var scales: [Double]
  /// Map from the target density to the factor in the terms.
  public var targetSparsity: TargetSparsity
  /// Terms, one per coefficient of θ, in its order.
  public var terms: [BasisTerm]

  /// - Precondition: one centre and one positive scale per feature; terms refer to features that exist.
  public init(
    featureNames: [String], centres: [Double], scales: [Double],
    targetSparsity: TargetSparsity = .standard, terms: [BasisTerm]
  ) {
    self.featureNames = featureNames
    self.centres = centres
    self.scales = scales
    self.targetSparsity = targetSparsity
    self.terms = terms
    precondition(problem == nil, problem ?? "")
  }

  /// The usual basis: every feature, products with each context feature, all times each power of the target sparsity.
  ///
  /// - Parameters:
  ///   - contextNames: features of `featureNames` that products are formed with.
  ///   - sparsityPowers: powers of the target sparsity; `[0]` makes the score independent of it.
  public static func products(
    of featureNames: [String], withContext contextNames: [String] = [],
    sparsityPowers: [Int] = [0, 1], hasIntercept: Bool = false
  ) -> FeatureBasis {
    let contexts = contextNames.compactMap { featureNames.firstIndex(of: $0) }
    var factors = featureNames.indices.map { [$0] }
    for feature in featureNames.indices where !contexts.contains(feature) {
      factors += contexts.map { [feature, $0] }
    }
    for (position, first) in contexts.enumerated() {
      factors += contexts[position...].map { [first, $0] }
    }
    if hasIntercept { factors.insert([], at: 0) }
    return FeatureBasis(
      featureNames: featureNames, centres: featureNames.map { _ in 0 },
      scales: featureNames.map { _ in 1 },
      terms: sparsityPowers.flatMap { power in
        factors.map { BasisTerm(factors: $0, sparsityPower: power) }
      })
  }

  /// This basis with centres and scales measured on `tables`, each table weighing the same.
  ///
  /// - Precondition: the tables hold every feature of the basis.
  public func standardized(on tables: [FeatureTable]) -> FeatureBasis {
    var result = self
    for (index, name) in featureNames.enumerated() {
      var (mean, square, weight) = (0.0, 0.0, 0.0)
      for table in tables {
        let column = table.columnIndex(of: name)
        let values = table.layers.lazy.flatMap { $0.columns[column] }
        var (count, sum, sumOfSquares) = (0.0, 0.0, 0.0)
        for value in values where value.isFinite {
          count += 1
          sum += Double(value)
          sumOfSquares += Double(value) * Double(value)
        }
        guard count > 0 else { continue }
        mean += sum / count
        square += sumOfSquares / count
        weight += 1
      }
      guard weight > 0 else { continue }
      mean /= weight
      let variance = square / weight - mean * mean
      result.centres[index] = mean
      result.scales[index] = variance > 1e-10 ? variance.squareRoot() : 1
    }
    return result
  }

  /// Description of an inconsistency, for messages; `nil` where there is none.
  var problem: String? {
    let count = featureNames.count
    if Set(featureNames).count != count { return "a feature is named twice" }
    if centres.count != count || scales.count != count {
      return "\(count) features, but \(centres.count) centres and \(scales.count) scales"
    }
    if !centres.allSatisfy(\.isFinite) { return "a centre is not finite" }
    if !scales.allSatisfy({ $0.isFinite && $0 > 0 }) { return "a scale is not finite and > 0" }
    if !targetSparsity.centre.isFinite || !(targetSparsity.scale > 0)
      || !targetSparsity.scale.isFinite
    {
      return "the target sparsity's centre or scale is out of range"
    }
    for term in terms {
      if term.factors.count > 2 { return "a term has \(term.factors.count) factors, at most 2" }
      if !term.factors.allSatisfy({ (0..<count).contains($0) }) {
        return "a term names feature \(term.factors), there are \(count)"
      }
      if !(0...3).contains(term.sparsityPower) {
        return "a term has sparsity power \(term.sparsityPower), expected 0 ... 3"
      }
    }
    return nil
  }
}

extension FeatureTable {
  /// Position of a feature's column.
  ///
  /// - Precondition: the table has this feature; extract with ``ImportancePredictor/featureNames``.
  package func columnIndex(of name: String) -> Int {
    guard let index = names.firstIndex(of: name) else {
      preconditionFailure(
        "the feature table has no '\(name)', only \(names.joined(separator: ", "))")
    }
    return index
  }
}

/// One term of a linear score: a product of up to two standardised features and a power of the target sparsity.
public struct BasisTerm: Hashable, Sendable, Codable {
  /// Positions in ``FeatureBasis/featureNames``; none for the intercept, at most two.
  public var factors: [Int]
  /// Power of ``TargetSparsity/coordinate(density:)``, 0 … 3.
  public var sparsityPower: Int

  /// - Parameters:
  ///   - factors: at most two positions in ``FeatureBasis/featureNames``, none for the intercept.
  ///   - sparsityPower: 0 … 3.
  public init(factors: [Int], sparsityPower: Int = 0) {
    self.factors = factors
    self.sparsityPower = sparsityPower
  }
}

/// Standardised logit of the target sparsity, through which the target density enters a score.
///
/// θ tuned at one sparsity is poor at another, so features can also appear multiplied by powers of this number.
public struct TargetSparsity: Hashable, Sendable, Codable {
  /// Logit of the sparsity that maps to 0.
  public var centre: Double
  /// Difference of logits that maps to 1; > 0.
  public var scale: Double

  /// Default map: sparsity 0.9 to about 0, 0.5 to about −1.5, 0.98 to about +1.1.
  public static let standard = TargetSparsity(centre: 2.2, scale: 1.5)

  /// - Parameters:
  ///   - centre: logit of the sparsity that maps to 0.
  ///   - scale: above 0.
  public init(centre: Double, scale: Double) {
    self.centre = centre
    self.scale = scale
  }

  /// The standardised logit of the sparsity `1 − density`.
  ///
  /// - Parameter density: clamped to 0.001 … 0.99, where the logit is still moderate.
  public func coordinate(density: Double) -> Double {
    let density = min(0.99, max(0.001, density))
    return (log((1 - density) / density) - centre) / scale
  }
}
