import Foundation
import GSLNumerics
import Testing

@Suite("Bounds of means")
struct MeanBoundTests {
  /// Draws in `0 ... 1`, or without a limit, from a linear congruential generator of its own.
  private struct Draws {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }

    mutating func exponential() -> Double { -log(1 - uniform()) }
  }

  @Test("empirical Bernstein is what Theorem 4 says")
  func bernstein() throws {
    let values = [0.0, 0.5, 0.25, 0.25]
    let level = log(2 / 0.1)
    let variance = (0.0625 + 0.0625) / 3
    let expected = 0.25 + (2 * variance * level / 4).squareRoot() + 7 * level / 9
    let bound = try EmpiricalBernsteinBound.upper(values, range: 1, confidence: 0.9)
    #expect(bound.isClose(to: expected, relative: 1e-12))
    #expect(try EmpiricalBernsteinBound.upper([0.5], range: 1, confidence: 0.9) == .infinity)
  }

  @Test("the fewest values are just enough", arguments: [0.001, 0.01, 0.3], [1.0, 2])
  func fewestValues(_ limit: Double, _ range: Double) throws {
    let count = try EmpiricalBernsteinBound.fewestValues(
      bounding: limit, range: range, confidence: 0.95)
    func bound(_ count: Int) throws -> Double {
      try EmpiricalBernsteinBound.upper(
        [Double](repeating: 0, count: count), range: range, confidence: 0.95)
    }
    #expect(try bound(count) <= limit)
    #expect(try bound(count - 1) > limit)
  }

  @Test("empirical Bernstein covers the mean of bounded draws")
  func bernsteinCovers() throws {
    var draws = Draws(seed: 3)
    var misses = 0
    for _ in 0..<400 {
      // Nearly all are 0: where bounds by the normal distribution fail.
      let values = (0..<100).map { _ in draws.uniform() < 0.03 ? draws.uniform() : 0 }
      let bound = try EmpiricalBernsteinBound.upper(values, range: 1, confidence: 0.9)
      if bound < 0.015 { misses += 1 }
    }
    #expect(misses <= 40)
  }

  @Test("the bootstrap covers the difference of skewed means about as often as asked")
  func bootstrapCovers() throws {
    var draws = Draws(seed: 5)
    let bound = try BootstrapBound(.differenceOfMeans, confidence: 0.9)
    var misses = 0
    let trials = 300
    for trial in 0..<trials {
      let first = (0..<30).map { _ in draws.exponential() }
      let second = first.map { $0 + draws.exponential() * draws.exponential() - 0.5 }
      if try bound.upper(first: first, second: second, seed: UInt64(trial)) < 0.5 { misses += 1 }
    }
    // 10 % are allowed; bootstrap-t of 30 draws from so skewed a distribution stays near it, Student's t does not.
    #expect(misses >= 5)
    #expect(misses <= 55, "\(misses) of \(trials)")
  }

  @Test("the bootstrap repeats by seed, grows with the confidence and needs twenty pairs")
  func bootstrap() throws {
    var draws = Draws(seed: 7)
    let first = (0..<50).map { _ in draws.exponential() }
    let second = (0..<50).map { _ in draws.exponential() }
    func upper(_ confidence: Double, seed: UInt64 = 1, count: Int = 50) throws -> Double {
      try BootstrapBound(.differenceOfExponentials, confidence: confidence).upper(
        first: Array(first.prefix(count)), second: Array(second.prefix(count)), seed: seed)
    }
    #expect(try upper(0.95) == upper(0.95))
    #expect(try upper(0.95) != upper(0.95, seed: 2))
    #expect(try upper(0.99) > upper(0.8))
    #expect(try upper(0.95, count: 19) == .infinity)
    #expect(try upper(0.95, count: 20).isFinite)
  }

  @Test("numbers that do not differ are bounded by their difference")
  func noSpread() throws {
    let ones = [Double](repeating: 1, count: 30)
    let bound = try BootstrapBound(.differenceOfMeans, confidence: 0.95)
    #expect(try bound.upper(first: ones, second: ones) == 0)
    #expect(try bound.upper(first: ones, second: ones.map { $0 + 0.25 }) == 0.25)
  }

  @Test("confidences and ranges out of range are refused")
  func refuses() {
    #expect(throws: NumericsError.self) {
      try EmpiricalBernsteinBound.upper([1, 2], range: 0, confidence: 0.9)
    }
    #expect(throws: NumericsError.self) {
      try EmpiricalBernsteinBound.upper([1, 2], range: 1, confidence: 1)
    }
    #expect(throws: NumericsError.self) { try BootstrapBound(.differenceOfMeans, confidence: .nan) }
    #expect(throws: NumericsError.self) {
      try BootstrapBound(.differenceOfMeans, confidence: 0.9).upper(first: [1], second: [])
    }
  }
}
