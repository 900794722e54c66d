import Foundation

/// Set probes of one network: sets of weights with the rise of the loss without each.
public struct ProbedNetwork: Hashable, Sendable {
  /// Group of the network, architecture × data set.
  public var group: String
  /// Mean of each feature over each set, `[features][sets]`.
  public var features: [[Float]]
  /// Rise of the loss without each set, `[sets]`.
  public var changes: [Float]
  /// Density of the network, share of its weights that were kept.
  public var density: Double

  /// - Throws: ``PredictorError`` for columns of different lengths or numbers that are not finite.
  public init(
    group: String, features: [[Float]], changes: [Float], density: Double
  ) throws(PredictorError) {
    for column in features where column.count != changes.count {
      throw .wrongCount(what: "sets in a column", got: column.count, expected: changes.count)
    }
    guard (features + [changes]).allSatisfy({ $0.allSatisfy { $0.isFinite } }) else {
      throw .outOfRange(what: "a set probe", got: "not finite", expected: "finite numbers")
    }
    self.group = group
    self.features = features
    self.changes = changes
    self.density = density
  }
}

/// Fits θ to set probes in pairwise logistic form: of two sets of one network, that with the higher mean score should be
/// the one whose removal raises the loss more.
///
/// Only sets of the same network are compared, since the scale of a loss differs between networks.
///
/// - Source: Bradley & Terry, *Rank analysis of incomplete block designs*, Biometrika 39, 1952; Burges et al., *Learning to
///   rank using gradient descent*, ICML 2005.
public struct SetProbeFit: Hashable, Sendable {
  /// Features of the probes, in the order of ``ProbedNetwork/features``.
  public let featureNames: [String]
  /// Range that the ridge is chosen from, on held-out groups.
  public var ridges = 1e-2...1e4

  /// - Parameter featureNames: as the predictor will look them up, each once.
  public init(featureNames: [String]) { self.featureNames = featureNames }

  /// Fits a predictor to the probes of all networks.
  ///
  /// - Throws: ``PredictorError``, `NumericsError`.
  public func fit(_ networks: [ProbedNetwork]) throws -> LogisticPredictor {
    guard let first = networks.first else { throw PredictorError.noData("set probe") }
    guard first.features.count == featureNames.count else {
      throw PredictorError.wrongCount(
        what: "feature columns", got: first.features.count, expected: featureNames.count)
    }
    let basis = FeatureBasis(
      featureNames: featureNames, centres: featureNames.map { _ in 0 },
      scales: scales(of: networks),
      terms: featureNames.indices.map { BasisTerm(factors: [$0]) })
    var logistic = LogisticFit()
    logistic.hasIntercept = false
    logistic.ridge = .crossValidated(ridges)
    let solution = try logistic.fit(try pairs(of: networks, scales: basis.scales))
    return LogisticPredictor(basis: basis, coefficients: solution.coefficients)
  }

  /// Share of the pairs, 0 … 1, that a score orders as the loss does, mean over networks; ½ is chance.
  ///
  /// - Parameter coefficients: one per raw feature.
  public func concordance(of coefficients: [Double], on networks: [ProbedNetwork]) -> Double {
    let shares = networks.compactMap { network -> Double? in
      let scores = network.changes.indices.map { set in
        zip(coefficients, network.features).reduce(0) { $0 + $1.0 * Double($1.1[set]) }
      }
      var (right, count) = (0.0, 0.0)
      for first in network.changes.indices {
        for second in 0..<first where network.changes[first] != network.changes[second] {
          let rises = network.changes[first] > network.changes[second]
          let difference = scores[first] - scores[second]
          right += difference == 0 ? 0.5 : (difference > 0) == rises ? 1 : 0
          count += 1
        }
      }
      return count > 0 ? right / count : nil
    }
    return shares.isEmpty ? 0.5 : shares.reduce(0, +) / Double(shares.count)
  }

  /// Row per pair of sets of one network: difference of their features, label 1 where the first raises the loss more.
  private func pairs(of networks: [ProbedNetwork], scales: [Double]) throws -> LabelledRows {
    var columns = [[Float]](repeating: [], count: featureNames.count)
    var (labels, weights, groups): ([Float], [Float], [String]) = ([], [], [])
    for network in networks where network.features.count == featureNames.count {
      let count = network.changes.count
      for first in 0..<count {
        for second in 0..<first where network.changes[first] != network.changes[second] {
          for feature in columns.indices {
            let values = network.features[feature]
            columns[feature].append((values[first] - values[second]) / Float(scales[feature]))
          }
          labels.append(network.changes[first] > network.changes[second] ? 1 : 0)
          // Each set takes part in count − 1 pairs, which say no more than count independent rows.
          weights.append(2 / Float(count - 1))
          groups.append(network.group)
        }
      }
    }
    return try LabelledRows(
      columns: columns, labels: labels, weights: weights, groups: groups)
  }

  /// Standard deviation of each feature within a network, over all of them.
  private func scales(of networks: [ProbedNetwork]) -> [Double] {
    featureNames.indices.map { feature in
      var (squares, count) = (0.0, 0.0)
      for network in networks where network.features.count == featureNames.count {
        let values = network.features[feature].map(Double.init)
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        squares += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        count += Double(values.count)
      }
      let variance = squares / max(count, 1)
      return variance > 1e-10 ? variance.squareRoot() : 1
    }
  }
}
