/// A bound on the true drop of the metric, proved on data that no decision had seen.
public struct Certificate: Hashable, Sendable, Codable {
  /// The promise: at most this many points lost on unseen data.
  public let maxDropPoints: Double
  /// Probability with which the bound holds, over draws of the certify part.
  public let confidence: Double
  /// One-sided upper confidence bound on the true drop, in points.
  public let dropUpperBoundPoints: Double
  /// Examples of the certify part.
  public let samples: Int
  /// Examples on which the pruned network is worse: those it newly gets wrong, for a classifier.
  public let regressed: Int
  /// Examples on which it is better: those it newly gets right.
  public let recovered: Int
  /// What kind of bound it is.
  public let method: Method

  /// How a drop is bounded.
  public enum Method: String, Hashable, Sendable, Codable {
    /// Exact for examples that are right or wrong.
    case exactPaired = "exact-paired"
    /// Valid for every number of examples whose contributions lie between 0 and 1.
    case empiricalBernstein = "empirical-bernstein"
    /// Valid in the limit of many examples.
    case bootstrapT = "bootstrap-t"
  }

  /// - Parameters:
  ///   - confidence: `0.5 ..< 1`; not checked here.
  ///   - dropUpperBoundPoints: as `method` found it.
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

  /// Certificates written before the method was noted are exact ones.
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

  /// Whether the bound keeps the promise.
  public var holds: Bool { dropUpperBoundPoints <= maxDropPoints }
}
