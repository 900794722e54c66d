import GSLNumerics
import Testing

@Suite struct ScalarMinimizerTests {
  @Test("finds an inner minimum and an end")
  func findsMinimum() throws {
    var minimizer = ScalarMinimizer()
    minimizer.tolerance = 1e-7
    let inner = try minimizer.minimize(in: -3...5) { ($0 - 1.3) * ($0 - 1.3) + 2 }
    #expect(abs(inner.point - 1.3) < 1e-6)
    #expect(abs(inner.value - 2) < 1e-10)
    let atEnd = try minimizer.minimize(in: 0...4) { -$0 }
    #expect(atEnd.point == 4)
  }

  @Test("an error thrown by the function comes back")
  func passesErrorsOn() {
    struct Failure: Error {}
    var calls = 0
    #expect(throws: Failure.self) {
      try ScalarMinimizer().minimize(in: -3...5) { x in
        calls += 1
        if calls == 9 { throw Failure() }
        return x * x
      }
    }
    #expect(throws: NumericsError.self) { try ScalarMinimizer().minimize(in: 0...1) { _ in .nan } }
    #expect(throws: NumericsError.self) { try ScalarMinimizer().minimize(in: 1...1) { $0 } }
  }
}

@Suite struct RootFinderTests {
  @Test("finds a root to the tolerance")
  func findsRoot() throws {
    let root = try RootFinder().root(in: 0...2) { $0 * $0 * $0 - 2 }
    #expect(abs(root - 1.259921049894873) < 1e-10)
    #expect(try RootFinder().root(in: 0...2) { $0 } == 0)
  }

  @Test("an interval without a sign change is refused, and can be widened first")
  func brackets() throws {
    #expect(throws: NumericsError.noSignChange(lower: 3, upper: 4, atLower: 1, atUpper: 2)) {
      try RootFinder().root(in: 3...4) { $0 - 2 }
    }
    let interval = try RootFinder().bracket(from: 3...4) { $0 + 40 }
    #expect(interval.contains(-40))
    #expect(throws: NumericsError.self) { try RootFinder().bracket(from: 3...4) { _ in 1 } }
  }

  @Test("an error thrown by the function comes back")
  func passesErrorsOn() {
    struct Failure: Error {}
    #expect(throws: Failure.self) {
      try RootFinder().root(in: 0...2) { x in
        if x > 0.5 && x < 1.9 { throw Failure() }
        return x - 1
      }
    }
  }
}
