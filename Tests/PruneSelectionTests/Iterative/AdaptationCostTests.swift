import PruneCore
import Testing

@testable import PruneSelection

@Suite("What refining may cost")
struct AdaptationCostTests {
  private func cost(width: Int) -> AdaptationCost {
    AdaptationCost(
      macs: width * width, valueCount: 2 * width, weightCount: width * width, featureCount: 18)
  }

  @Test("a small network gets all passes, a large one fewer, a huge one none")
  func passes() {
    let options = AdaptationOptions()
    let passes = [100, 2_000, 20_000].map {
      cost(width: $0).affordablePasses(options, gradientsPerPass: 2)
    }
    #expect(passes[0] == options.passes)
    #expect((1..<options.passes).contains(passes[1]))
    #expect(passes[2] == 0)
  }

  @Test("the passes it allows never cost more than the budget", arguments: [0.0, 1e-3, 0.5, 10])
  func withinBudget(seconds: Double) {
    var options = AdaptationOptions()
    options.computeBudgetSeconds = seconds
    for width in [3, 30, 300, 3_000] {
      for gradients in [1, 2] {
        let cost = cost(width: width)
        let passes = cost.affordablePasses(options, gradientsPerPass: gradients)
        let each = cost.secondsPerPass(options, gradientsPerPass: gradients)
        #expect(Double(passes) * each <= seconds)
        #expect(passes == options.passes || Double(passes + 1) * each > seconds)
      }
    }
  }

  @Test("the seconds of the clock leave all passes to the clock")
  func byTheClock() {
    let options = AdaptationOptions.within(seconds: 3)
    #expect(
      cost(width: 100_000).affordablePasses(options, gradientsPerPass: 2) == options.passes)
    #expect(options.limitSeconds == 3)
  }
}
