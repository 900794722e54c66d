import GSLNumerics
import Testing

@Suite struct PairedDropBoundTests {
  @Test("agrees with a brute-force enumeration of all tables")
  func golden() throws {
    for table in try NumericsGolden.load().paired {
      let bound = try PairedDropBound.upper(
        newlyWrong: table.newlyWrong, newlyRight: table.newlyRight, examples: table.examples,
        confidence: table.confidence)
      #expect(bound >= table.upper - 1e-3)
      #expect(bound <= table.upper + 0.012, "\(table)")
    }
  }

  /// Exact: every table of a small sample, no simulation.
  @Test("covers the true drop at least as often as asked", arguments: [20, 32])
  func covers(examples: Int) throws {
    let confidence = 0.9
    var bounds: [[Double]] = []
    for wrong in 0...examples {
      bounds.append(
        try (0...(examples - wrong)).map { right in
          try PairedDropBound.upper(
            newlyWrong: wrong, newlyRight: right, examples: examples, confidence: confidence)
        })
    }
    var lowest = 1.0
    for disagreement in [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8, 1] {
      for share in [0, 0.2, 0.4, 0.5, 0.6, 0.75, 0.9, 1] {
        let drop = disagreement * (2 * share - 1)
        var coverage = 0.0
        for total in 0...examples {
          let mass = Distributions.binomialMass(
            at: total, trials: examples, probability: disagreement)
          for wrong in 0...total where bounds[wrong][total - wrong] >= drop {
            coverage +=
              mass * Distributions.binomialMass(at: wrong, trials: total, probability: share)
          }
        }
        lowest = min(lowest, coverage)
        #expect(coverage >= confidence - 1e-9, "ψ \(disagreement), Δ \(drop)")
      }
    }
    #expect(lowest < confidence + 0.06)
  }

  @Test(
    "is shorter than two Clopper–Pearson bounds and close to the normal approximation",
    arguments: [(40, 30, 3000), (12, 5, 3000), (150, 120, 9000), (0, 0, 3000), (300, 310, 10000)])
  func isShort(wrong: Int, right: Int, examples: Int) throws {
    let exact = try PairedDropBound.upper(
      newlyWrong: wrong, newlyRight: right, examples: examples, confidence: 0.95)
    let union = try unionUpper(
      newlyWrong: wrong, newlyRight: right, examples: examples, confidence: 0.95)
    let n = Double(examples)
    let spread = (Double(wrong + right) / n / n).squareRoot()
    let normal = Double(wrong - right) / n + 1.645 * spread
    print("paired bound \(wrong)/\(right)/\(examples): \(exact), union \(union), normal \(normal)")
    #expect(exact <= union)
    #expect(exact >= Double(wrong - right) / n)
    #expect(exact <= normal + 0.35 * spread + 4 / n)
  }

  /// The simpler bound from two Clopper–Pearson bounds at half the error each.
  private func unionUpper(
    newlyWrong: Int, newlyRight: Int, examples: Int, confidence: Double
  ) throws -> Double {
    let split = 1 - (1 - confidence) / 2
    return try ClopperPearson.upper(successes: newlyWrong, trials: examples, confidence: split)
      - ClopperPearson.lower(successes: newlyRight, trials: examples, confidence: split)
  }

  @Test("grows with errors and falls with repairs")
  func isMonotone() throws {
    func bound(_ wrong: Int, _ right: Int) throws -> Double {
      try PairedDropBound.upper(
        newlyWrong: wrong, newlyRight: right, examples: 500, confidence: 0.95)
    }
    let base = try bound(6, 4)
    #expect(try bound(8, 4) > base)
    #expect(try bound(6, 7) < base)
    #expect(try bound(0, 60) < 0)
  }

  @Test("refuses impossible tables")
  func refuses() {
    #expect(throws: NumericsError.self) {
      try PairedDropBound.upper(newlyWrong: 6, newlyRight: 5, examples: 10, confidence: 0.95)
    }
    #expect(throws: NumericsError.self) {
      try PairedDropBound.upper(newlyWrong: 1, newlyRight: .max, examples: 10, confidence: 0.95)
    }
    #expect(throws: NumericsError.self) {
      try PairedDropBound.upper(newlyWrong: 1, newlyRight: 1, examples: 10, confidence: 0.2)
    }
  }
}
