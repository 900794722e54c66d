import TestSupport
import Testing

@testable import PrunePredictor
@testable import PruneSelection

@Suite("Adam")
struct AdamDescentTests {
  @Test("the first step is the rate, whatever the gradient's scale", arguments: [1e-6, 1, 1e6])
  func scale(factor: Double) {
    var descent = AdamDescent(parameterCount: 2)
    var point = [1.0, 1.0]
    descent.step(&point, gradient: [3 * factor, -7 * factor], rate: 0.1)
    #expect(point.isClose(to: [0.9, 1.1], absolute: 2e-3))
  }

  @Test("three steps by hand", .tags(.golden))
  func byHand() {
    // m = .1g, .19g …; v = .01g², .0199g² …: a constant gradient gives a step of the rate every time.
    var descent = AdamDescent(parameterCount: 1)
    var point = [0.0]
    for _ in 0..<3 { descent.step(&point, gradient: [2], rate: 0.25) }
    #expect(point.isClose(to: [-0.75], absolute: 1e-7))
    // Then g = −2: m = .9·.271·2 − .2 = .2878, over 1 − .9⁴ = .3439; v = 4 over itself.
    descent.step(&point, gradient: [-2], rate: 0.25)
    #expect(point.isClose(to: [-0.75 - 0.25 * 0.2878 / 0.3439 / 2], absolute: 1e-7))
  }

  @Test("finds the minimum of a badly scaled bowl")
  func bowl() {
    var descent = AdamDescent(parameterCount: 2)
    var point = [5.0, -3.0]
    for step in 0..<600 {
      descent.step(
        &point, gradient: [1e3 * (point[0] - 1), 1e-3 * (point[1] - 2)],
        rate: 0.1 * (1 - Double(step) / 600))
    }
    #expect(point.isClose(to: [1, 2], absolute: 1e-2))
  }

  @Test("a gradient that is not finite is left out")
  func notFinite() {
    var descent = AdamDescent(parameterCount: 2)
    var point = [1.0, 2.0]
    descent.step(&point, gradient: [.nan, 1], rate: 0.1)
    #expect(point == [1, 2])
    descent.step(&point, gradient: [1, 1], rate: 0.1)
    #expect(point.isClose(to: [0.9, 1.9], absolute: 1e-6))
  }
}
