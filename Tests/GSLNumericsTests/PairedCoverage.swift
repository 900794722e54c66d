import Foundation
import GSLNumerics

/// Exact coverage of the paired bound: how likely the bound is at least the true drop, summed over outcomes.
struct PairedCoverage {
  struct Lowest {
    var coverage = 1.0
    var drop = 0.0
    /// P(newly wrong) + P(newly right).
    var disagreement = 0.0
  }

  private struct Outcome {
    let wrong: Double
    let right: Double
    let bound: Double
    /// Logarithm of the number of orders in which the outcome can come about.
    let logOrders: Double
  }

  private let examples: Int
  /// All outcomes of `examples` trials, smallest bound first.
  private let outcomes: [Outcome]

  init(examples: Int, confidence: Double) throws {
    self.examples = examples
    var logFactorials = [0.0]
    for number in 1...examples {
      logFactorials.append(logFactorials[number - 1] + log(Double(number)))
    }
    var outcomes: [Outcome] = []
    for wrong in 0...examples {
      for right in 0...(examples - wrong) {
        let logOrders =
          logFactorials[examples] - logFactorials[wrong] - logFactorials[right]
          - logFactorials[examples - wrong - right]
        outcomes.append(
          Outcome(
            wrong: Double(wrong), right: Double(right),
            bound: try PairedDropBound.upper(
              newlyWrong: wrong, newlyRight: right, examples: examples, confidence: confidence),
            logOrders: logOrders))
      }
    }
    self.outcomes = outcomes.sorted { $0.bound < $1.bound }
  }

  /// Searches all drops 1e-9 above a bound, where one more outcome begins to miss, each with `count` shares of
  /// disagreement from |drop| to 1, closer together near |drop|.
  ///
  /// Between two bounds the outcomes that miss stay the same, and become less likely as the drop grows at one share of
  /// disagreement: coverage is lowest at these drops. Only negative drops have shares of disagreement, those between
  /// their own and the next bound's magnitude, that are not looked at.
  func lowest(disagreements count: Int) -> Lowest {
    var lowest = Lowest()
    for (index, outcome) in outcomes.enumerated() {
      let drop = outcome.bound + 1e-9
      if index + 1 < outcomes.count, outcomes[index + 1].bound < drop { continue }
      guard drop < 1 else { break }
      for step in 0..<count {
        let position = Double(step) / Double(count - 1)
        let disagreement = drop.magnitude + (1 - drop.magnitude) * position * position
        let coverage =
          1 - probability(ofFirst: index + 1, drop: drop, disagreement: disagreement)
        if coverage < lowest.coverage {
          lowest = Lowest(coverage: coverage, drop: drop, disagreement: disagreement)
        }
      }
    }
    return lowest
  }

  private func probability(ofFirst count: Int, drop: Double, disagreement: Double) -> Double {
    let logWrong = log(max((disagreement + drop) / 2, 1e-300))
    let logRight = log(max((disagreement - drop) / 2, 1e-300))
    let logSame = log(max(1 - disagreement, 1e-300))
    var sum = 0.0
    for outcome in outcomes[..<count] {
      let same = Double(examples) - outcome.wrong - outcome.right
      sum += exp(
        outcome.logOrders + outcome.wrong * logWrong + outcome.right * logRight + same * logSame)
    }
    return sum
  }
}

/// Exact coverage at one pair of true probabilities, for numbers of examples at which not every outcome can be bounded.
struct PairedCoveragePoint {
  let examples: Int
  let confidence: Double
  let drop: Double
  let disagreement: Double

  /// For each number of disagreements, outcomes from some number of newly wrong examples on cover the drop; only bounds
  /// next to that number are computed. Numbers of disagreements beyond six standard deviations count as misses.
  func coverage() throws -> Double {
    let mean = Double(examples) * disagreement
    let reach = 6 * mean.squareRoot() + 6
    var bounds: [SIMD2<Int>: Double] = [:]
    func covers(_ wrong: Int, of disagreements: Int) throws -> Bool {
      let key = SIMD2(wrong, disagreements)
      if let bound = bounds[key] { return bound >= drop }
      let bound = try PairedDropBound.upper(
        newlyWrong: wrong, newlyRight: disagreements - wrong, examples: examples,
        confidence: confidence)
      bounds[key] = bound
      return bound >= drop
    }
    var fewest = 0
    var coverage = 0.0
    for disagreements in max(0, Int(mean - reach))...min(examples, Int(mean + reach)) {
      fewest = min(fewest, disagreements + 1)
      while fewest <= disagreements, try !covers(fewest, of: disagreements) { fewest += 1 }
      while fewest > 0, try covers(fewest - 1, of: disagreements) { fewest -= 1 }
      coverage +=
        Distributions.binomialMass(
          at: disagreements, trials: examples, probability: disagreement)
        * Distributions.binomialProbability(
          above: fewest - 1, trials: disagreements,
          probability: (disagreement + drop) / (2 * disagreement))
    }
    return coverage
  }
}
