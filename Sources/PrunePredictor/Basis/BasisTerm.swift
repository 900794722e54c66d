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
