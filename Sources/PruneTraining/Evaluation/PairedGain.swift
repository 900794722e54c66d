import PruneCore

/// Whether one evaluation of some examples is better than another beyond chance.
package struct PairedGain {
  /// Mean improvement per example over its standard error; 0 where no example differs.
  package let standardScore: Double

  package init(from before: Evaluation, to after: Evaluation) {
    let sign: Double = before.metric.isHigherBetter ? 1 : -1
    let gains = zip(before.contributions, after.contributions).map { sign * Double($1 - $0) }
    let count = Double(gains.count)
    let mean = gains.reduce(0, +) / max(1, count)
    let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(1, count - 1)
    standardScore = variance > 0 ? mean / (variance / count).squareRoot() : 0
  }

  var isSignificant: Bool { standardScore > 2 }
}
