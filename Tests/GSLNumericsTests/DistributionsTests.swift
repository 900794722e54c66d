import GSLNumerics
import Testing

@Suite struct DistributionsTests {
  @Test("agree with scipy")
  func golden() throws {
    let golden = try NumericsGolden.load()
    for quantile in golden.quantiles {
      let value = Distributions.normalQuantile(quantile.probability)
      #expect(value.isClose(to: quantile.value, relative: 1e-8, absolute: 1e-12))
    }
    for binomial in golden.binomials {
      let (k, n, p) = (binomial.successes, binomial.trials, binomial.probability)
      let atMost = Distributions.binomialProbability(atMost: k, trials: n, probability: p)
      let above = Distributions.binomialProbability(above: k, trials: n, probability: p)
      let mass = Distributions.binomialMass(at: k, trials: n, probability: p)
      #expect(atMost.isClose(to: binomial.atMost, relative: 1e-9))
      #expect(above.isClose(to: binomial.above, relative: 1e-9))
      #expect(mass.isClose(to: binomial.mass, relative: 1e-9))
    }
  }

  @Test("quantiles invert probabilities")
  func inverts() {
    for probability in [0.001, 0.3, 0.5, 0.99] {
      let x = Distributions.normalQuantile(probability)
      #expect(Distributions.normalProbability(below: x).isClose(to: probability, relative: 1e-9))
    }
  }

  @Test("arguments outside the domain give NaN or a certain answer, and do not abort")
  func staysInDomain() {
    #expect(Distributions.normalQuantile(1.5).isNaN)
    #expect(Distributions.betaQuantile(0.5, a: 0, b: 1).isNaN)
    #expect(Distributions.binomialProbability(atMost: 3, trials: -1, probability: 0.5).isNaN)
    #expect(Distributions.binomialProbability(atMost: -1, trials: 5, probability: 0.5) == 0)
    #expect(Distributions.binomialProbability(atMost: 9, trials: 5, probability: 0.5) == 1)
    #expect(Distributions.binomialMass(at: 9, trials: 5, probability: 0.5) == 0)
  }
}

@Suite struct ClopperPearsonTests {
  @Test("agrees with scipy's exact interval")
  func golden() throws {
    for interval in try NumericsGolden.load().intervals {
      let lower = try ClopperPearson.lower(
        successes: interval.successes, trials: interval.trials, confidence: interval.confidence)
      let upper = try ClopperPearson.upper(
        successes: interval.successes, trials: interval.trials, confidence: interval.confidence)
      #expect(lower.isClose(to: interval.lower, relative: 1e-8))
      #expect(upper.isClose(to: interval.upper, relative: 1e-8))
    }
  }

  @Test("refuses impossible counts and confidences")
  func refuses() {
    #expect(throws: NumericsError.self) {
      try ClopperPearson.upper(successes: 6, trials: 5, confidence: 0.95)
    }
    #expect(throws: NumericsError.self) {
      try ClopperPearson.lower(successes: 0, trials: 0, confidence: 0.95)
    }
    #expect(throws: NumericsError.self) {
      try ClopperPearson.upper(successes: 1, trials: 5, confidence: .nan)
    }
  }

  /// GSL's continued fraction of the beta distribution ends without a result near such a mean.
  @Test("a quantile that GSL cannot compute is an error, not NaN")
  func notComputable() {
    #expect(Distributions.betaQuantile(0.5, a: 1_000_001, b: 1_000_000).isNaN)
    #expect(throws: NumericsError.self) {
      try ClopperPearson.upper(successes: 1_000_000, trials: 2_000_000, confidence: 0.5)
    }
    #expect(throws: NumericsError.self) {
      try ClopperPearson.lower(successes: 8_000_000, trials: 16_000_000, confidence: 0.99995)
    }
    #expect(throws: NumericsError.self) {
      try PairedDropBound.upper(
        newlyWrong: 800_000, newlyRight: 800_000, examples: 16_000_000, confidence: 0.95)
    }
  }
}
