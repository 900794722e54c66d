/// An upper confidence bound on the true drop of the metric, from data that no decision had used.
public struct Certificate: Hashable, Sendable, Codable {
  /// Largest drop that the budget allows on unseen data, in points.
  public let maxDropPoints: Double
  /// Probability with which the bound holds, over draws of the certification part.
  public let confidence: Double
  /// One-sided upper confidence bound on the true drop, in points.
  public let dropUpperBoundPoints: Double
  /// Number of examples of the certification part.
  public let samples: Int
  /// Number of examples on which the pruned network is worse: those it newly gets wrong, for a classifier.
  public let regressed: Int
  /// Number of examples on which the pruned network is better: those it newly gets right, for a classifier.
  public let recovered: Int
  /// Method of the bound.
  public let method: Method

  /// Method that bounds a drop.
  public enum Method: String, Hashable, Sendable, Codable {
    /// Paired test, exact for examples that are right or wrong.
    case exactPaired = "exact-paired"
    /// Empirical Bernstein bound, valid for every number of examples whose contributions lie between 0 and 1.
    case empiricalBernstein = "empirical-bernstein"
    /// Studentised bootstrap, valid in the limit of many examples.
    case bootstrapT = "bootstrap-t"
  }

  /// - Parameters:
  ///   - maxDropPoints: largest drop that the budget allows.
  ///   - confidence: one-sided confidence, `0.5 ..< 1`; not checked here.
  ///   - dropUpperBoundPoints: bound found by `method`.
  ///   - samples: examples of the certification part.
  ///   - regressed: examples on which the pruned network is worse.
  ///   - recovered: examples on which the pruned network is better.
  public init(
    maxDropPoints: Double, confidence: Double, dropUpperBoundPoints: Double, samples: Int,
    regressed: Int, recovered: Int, method: Method = .exactPaired
  ) {
    self.maxDropPoints = maxDropPoints
    self.confidence = confidence
    self.dropUpperBoundPoints = dropUpperBoundPoints
    self.samples = samples
    self.regressed = regressed
    self.recovered = recovered
    self.method = method
  }

  /// Decodes a certificate; one without a method is an exact one, from before methods were noted.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      maxDropPoints: try container.decode(Double.self, forKey: .maxDropPoints),
      confidence: try container.decode(Double.self, forKey: .confidence),
      dropUpperBoundPoints: try container.decode(Double.self, forKey: .dropUpperBoundPoints),
      samples: try container.decode(Int.self, forKey: .samples),
      regressed: try container.decode(Int.self, forKey: .regressed),
      recovered: try container.decode(Int.self, forKey: .recovered),
      method: try container.decodeIfPresent(Method.self, forKey: .method) ?? .exactPaired)
  }

  /// `true` where the bound is within the allowed drop.
  public var holds: Bool { dropUpperBoundPoints <= maxDropPoints }
}
