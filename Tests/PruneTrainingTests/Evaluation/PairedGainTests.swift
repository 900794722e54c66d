import PruneCore
import TestSupport
import Testing

@testable import PruneTraining

@Suite("Paired gain")
struct PairedGainTests {
  private func evaluation(_ contributions: [Float], _ metric: Metric = .accuracy) -> Evaluation {
    Evaluation(metric: metric, contributions: contributions, wallSeconds: 0)
  }

  @Test("is the paired t statistic, whichever way the metric counts")
  func statistic() {
    // scipy.stats.ttest_rel([1, 1, 1, 0, 1, 1], [0, 1, 0, 0, 1, 0]).statistic
    let before = evaluation([0, 1, 0, 0, 1, 0])
    let after = evaluation([1, 1, 1, 0, 1, 1])
    #expect(
      isClose(PairedGain(from: before, to: after).standardScore, 2.23606797749979, absolute: 1e-12))
    #expect(PairedGain(from: before, to: after).isSignificant)
    #expect(!PairedGain(from: after, to: before).isSignificant)
    let errors = PairedGain(
      from: evaluation([3, 2, 5, 4], .mse), to: evaluation([1, 2, 2, 1], .mse))
    #expect(isClose(errors.standardScore, 2.8284271247461903, absolute: 1e-6))
  }

  @Test("nothing changed is no gain")
  func equal() {
    let same = evaluation([1, 0, 1])
    #expect(PairedGain(from: same, to: same).standardScore == 0)
    #expect(PairedGain(from: evaluation([]), to: evaluation([])).standardScore == 0)
  }
}
