import PruneCore
import TestSupport
import Testing

@testable import PruneCompensation

@Suite("Newton system")
struct NewtonSystemTests {
  @Test("equals numpy's solution", .tags(.golden))
  func golden() throws {
    let reference = try CompensationGolden.load().newton
    let step = try #require(
      NewtonSystem(gradients: reference.gradients, slope: reference.slope)
        .step(ridge: reference.ridge))
    #expect(step.count == reference.step.count)
    for (value, expected) in zip(step, reference.step) {
      #expect(abs(value - expected) < 1e-4 * max(1, abs(expected)))
    }
  }

  @Test("a larger ridge takes a shorter step, down the slope")
  func ridge() throws {
    let reference = try CompensationGolden.load().newton
    let system = NewtonSystem(gradients: reference.gradients, slope: reference.slope)
    var last = Double.infinity
    for ridge in [1e-3, 1e-1, 10, 1e3] {
      let step = try #require(system.step(ridge: ridge))
      let length = step.reduce(0) { $0 + $1 * $1 }
      #expect(length < last)
      #expect(zip(step, reference.slope).reduce(0) { $0 + $1.0 * $1.1 } < 0)
      last = length
    }
  }

  @Test("has no solution for gradients that are zero or not finite", arguments: [0, Float.nan])
  func unsolvable(_ value: Float) {
    let system = NewtonSystem(gradients: [value, value, value, value], slope: [1, 2])
    #expect(system.step(ridge: 0.1) == nil)
  }
}
