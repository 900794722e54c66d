import GSLNumerics
import Testing

@Suite struct MinimizerTests {
  private struct Interruption: Error, Equatable { let call: Int }

  /// Rosenbrock's valley in any even number of variables; minimum 0 at (1, …, 1).
  private func rosenbrock(_ x: [Double], _ gradient: inout [Double]) -> Double {
    var value = 0.0
    for i in stride(from: 0, to: x.count, by: 2) {
      let bend = x[i + 1] - x[i] * x[i]
      value += 100 * bend * bend + (1 - x[i]) * (1 - x[i])
      gradient[i] = -400 * x[i] * bend - 2 * (1 - x[i])
      gradient[i + 1] = 200 * bend
    }
    return value
  }

  @Test("finds Rosenbrock's minimum", arguments: [2, 10])
  func findsRosenbrock(size: Int) throws {
    var minimizer = Minimizer()
    minimizer.gradientTolerance = 1e-8
    let start = (0..<size).map { $0 % 2 == 0 ? -1.2 : 1.0 }
    let minimum = try minimizer.minimize(from: start, rosenbrock)
    #expect(minimum.point.allSatisfy { abs($0 - 1) < 1e-5 })
    #expect(minimum.reason == .gradientConverged || minimum.reason == .noProgress)
    #expect(minimum.evaluations < 500)
  }

  @Test("curvature scaling solves an ill-conditioned quadratic in few iterations")
  func usesCurvature() throws {
    let size = 20
    let scales = (0..<size).map { Double.pow10(Double($0) / 3) }
    func quadratic(_ x: [Double], _ gradient: inout [Double]) -> Double {
      var value = 0.0
      for i in 0..<size {
        let coupling = i > 0 ? 0.3 * (scales[i] * scales[i - 1]).squareRoot() * (x[i - 1] - 1) : 0
        value += 0.5 * scales[i] * (x[i] - 1) * (x[i] - 1) + coupling * (x[i] - 1)
        gradient[i] += scales[i] * (x[i] - 1) + coupling
        if i > 0 {
          gradient[i - 1] += 0.3 * (scales[i] * scales[i - 1]).squareRoot() * (x[i] - 1)
        }
      }
      return value
    }
    var hessian = [Double](repeating: 0, count: size * size)
    for i in 0..<size {
      hessian[i * size + i] = scales[i]
      guard i > 0 else { continue }
      hessian[i * size + i - 1] = 0.3 * (scales[i] * scales[i - 1]).squareRoot()
      hessian[(i - 1) * size + i] = hessian[i * size + i - 1]
    }
    var minimizer = Minimizer()
    minimizer.scaling = .curvature(hessian)
    let start = [Double](repeating: 0, count: size)
    let curved = try minimizer.minimize(from: start, quadratic)
    #expect(curved.point.allSatisfy { abs($0 - 1) < 1e-6 })
    #expect(curved.iterations <= 5)

    minimizer.scaling = .diagonal(scales.map { 1 / $0.squareRoot() })
    let diagonal = try minimizer.minimize(from: start, quadratic)
    #expect(diagonal.point.allSatisfy { abs($0 - 1) < 1e-3 })
    #expect(diagonal.iterations < 60)
  }

  @Test("an error thrown by the objective comes back unchanged", arguments: [1, 2, 7])
  func passesErrorsOn(failingCall: Int) {
    var calls = 0
    #expect(throws: Interruption(call: failingCall)) {
      try Minimizer().minimize(from: [-1.2, 1]) { point, gradient in
        calls += 1
        if calls == failingCall { throw Interruption(call: calls) }
        return rosenbrock(point, &gradient)
      }
    }
    #expect(calls == failingCall)
  }

  @Test("shrinks back from a region where the objective is not finite")
  func survivesBarrier() throws {
    var minimizer = Minimizer()
    minimizer.initialStep = 50
    let minimum = try minimizer.minimize(from: [0.01]) { point, gradient in
      guard point[0] > 0 else { return .nan }
      gradient[0] = 1 - 1 / point[0]
      return point[0] < 10 ? point[0] - point[0].logarithm : .infinity
    }
    #expect(abs(minimum.point[0] - 1) < 1e-4)
  }

  @Test("refuses a start that is not finite")
  func refusesBadStart() {
    #expect(throws: NumericsError.self) {
      try Minimizer().minimize(from: [1]) { _, _ in .nan }
    }
    #expect(throws: NumericsError.self) {
      try Minimizer().minimize(from: [.infinity]) { _, _ in 0 }
    }
    #expect(throws: NumericsError.wrongLength(operation: "minimisation", got: 0, expected: 1)) {
      try Minimizer().minimize(from: []) { _, _ in 0 }
    }
  }

  @Test("limits are kept and reported")
  func keepsLimits() throws {
    var minimizer = Minimizer()
    minimizer.maximumEvaluations = 9
    let byEvaluations = try minimizer.minimize(from: [-1.2, 1], rosenbrock)
    #expect(byEvaluations.reason == .evaluationLimit)
    #expect(byEvaluations.evaluations == 9)
    minimizer.maximumEvaluations = 1000
    minimizer.maximumIterations = 3
    #expect(try minimizer.minimize(from: [-1.2, 1], rosenbrock).reason == .iterationLimit)
    let stopped = try minimizer.minimize(from: [-1.2, 1], shouldStop: { true }, rosenbrock)
    #expect(stopped.reason == .stopped)
    #expect(stopped.point == [-1.2, 1])
  }

  @Test("a matrix that is not positive definite is refused")
  func refusesIndefinite() {
    var minimizer = Minimizer()
    minimizer.scaling = .curvature([1, 2, 2, 1])
    #expect(throws: NumericsError.notPositiveDefinite(size: 2)) {
      try minimizer.minimize(from: [0, 0]) { _, _ in 0 }
    }
  }
}
