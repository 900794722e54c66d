import Foundation
public import PruneFeatures

/// What θ multiplies: standardised features, products of them, and both again times the target sparsity.
public struct FeatureBasis: Hashable, Sendable, Codable {
  /// Standardised values are clamped to ± this, so that one outlier on an unseen network cannot decide everything.
  public static let clampLimit: Float = 6

  /// Raw features, each once; what ``BasisTerm/factors`` are positions in.
  public var featureNames: [String]
  /// Subtracted from each feature, `[features]`.
  public var centres: [Double]
  /// Each feature is divided by these, `[features]`, > 0.
  public var scales: [Double]
  /// How the target density enters the terms.
  public var targetSparsity: TargetSparsity
  /// One per coefficient of θ, in its order.
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
  ///   - contextNames: those of `featureNames` that products are formed with.
  ///   - sparsityPowers: `[0]` makes the score independent of the target density.
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

  /// What is inconsistent, for messages; `nil` where nothing is.
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
  /// - Precondition: the table has this feature; extract with ``ImportancePredictor/featureNames``.
  func columnIndex(of name: String) -> Int {
    guard let index = names.firstIndex(of: name) else {
      preconditionFailure(
        "the feature table has no '\(name)', only \(names.joined(separator: ", "))")
    }
    return index
  }
}
