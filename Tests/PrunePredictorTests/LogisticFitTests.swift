import Foundation
import PruneCore
import PrunePredictor
import PruneSupport
import Testing

@Suite struct LogisticFitTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      var columns: [[Float]]
      var labels: [Float]
      var weights: [Float]
      var ridge: Double
      var coefficients: [Double]
      var intercept: Double
      var meanLoss: Double
      var objective: Double
    }
    var cases: [Case]
  }

  private func golden() throws -> Golden {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Golden/logistic.json"))
    return try JSONDecoder().decode(Golden.self, from: data)
  }

  @Test("reaches scikit-learn's likelihood within 1e-6 relative, badly scaled columns too")
  func matchesScikitLearn() throws {
    for reference in try golden().cases {
      let rows = try LabelledRows(
        columns: reference.columns, labels: reference.labels, weights: reference.weights)
      var fit = LogisticFit()
      fit.ridge = .fixed(reference.ridge)
      let solution = try fit.fit(rows)
      let total = reference.weights.reduce(0) { $0 + Double($1) }
      let squares = solution.coefficients.reduce(0) { $0 + $1 * $1 }
      let objective = solution.meanLoss + 0.5 * reference.ridge / total * squares
      #expect(objective <= reference.objective * (1 + 1e-6))
      #expect(abs(solution.meanLoss - reference.meanLoss) < 1e-5 * reference.meanLoss)
      #expect(solution.evaluations < 60)
      for (own, other) in zip(solution.coefficients, reference.coefficients) {
        #expect(abs(own - other) < 1e-3 * max(1, abs(other)))
      }
      #expect(abs(solution.intercept - reference.intercept) < 1e-3)
    }
  }

  private func rows(groups: Int, noiseColumns: Int, seed: UInt64) throws -> LabelledRows {
    var generator = SeededGenerator(seed: seed)
    let count = groups * 60
    let columns = (0...noiseColumns).map { _ in
      (0..<count).map { _ in Float(generator.uniform() * 4 - 2) }
    }
    let labels = columns[0].map {
      Float(generator.uniform() < 1 / (1 + exp(-2 * Double($0))) ? 1 : 0)
    }
    return try LabelledRows(
      columns: columns, labels: labels, groups: (0..<count).map { "family \($0 / 60)" })
  }

  @Test("chooses a ridge by held-out groups that beats the ends of its range")
  func choosesRidge() throws {
    let rows = try rows(groups: 4, noiseColumns: 25, seed: 3)
    let unseen = try self.rows(groups: 10, noiseColumns: 25, seed: 4)
    var fit = LogisticFit()
    fit.ridge = .crossValidated(1e-4...1e4)
    let solution = try fit.fit(rows)
    #expect(solution.heldOutLoss ?? .infinity < 0.69)
    #expect(solution.ridge > 1e-4 && solution.ridge < 1e4)
    let loss = fit.meanLoss(of: solution, on: unseen)
    for ridge in [1e-4, 1e4] {
      fit.ridge = .fixed(ridge)
      let other = try fit.fit(rows)
      #expect(loss < fit.meanLoss(of: other, on: unseen))
    }
  }

  @Test("repeats exactly over many chunks")
  func repeats() throws {
    let rows = try rows(groups: 600, noiseColumns: 2, seed: 5)
    let first = try LogisticFit().fit(rows)
    #expect(try LogisticFit().fit(rows) == first)
    #expect(abs(first.coefficients[0] - 2) < 0.1)
  }

  @Test("a sample first gives the same fit in fewer passes, weighted or not")
  func samples() throws {
    var rows = try rows(groups: 400, noiseColumns: 3, seed: 8)
    for isWeighted in [false, true] {
      if isWeighted { rows.weights = rows.labels.indices.map { Float($0 % 3) + 0.5 } }
      var fit = LogisticFit()
      fit.ridge = .fixed(0.5)
      let whole = try fit.fit(rows)
      fit.sampleSize = 4_000
      let sampled = try fit.fit(rows)
      #expect(abs(sampled.meanLoss - whole.meanLoss) < 1e-9 * whole.meanLoss)
      #expect(sampled.evaluations < whole.evaluations)
      for (own, other) in zip(sampled.coefficients, whole.coefficients) {
        #expect(abs(own - other) < 1e-4)
      }
    }
  }

  @Test("folds that alternate row by row choose the same ridge as folds in blocks")
  func interleaved() throws {
    let blocks = try rows(groups: 6, noiseColumns: 10, seed: 6)
    let order = (0..<blocks.count).sorted { ($0 % 60, $0) < ($1 % 60, $1) }
    var fit = LogisticFit()
    fit.ridge = .crossValidated(1e-3...1e3)
    let (first, second) = (try fit.fit(blocks), try fit.fit(blocks.subset(order)))
    #expect(abs(log(first.ridge / second.ridge)) < 1e-3)
    #expect(abs((first.heldOutLoss ?? 0) - (second.heldOutLoss ?? 1)) < 1e-6)
  }

  @Test("refuses rows that it cannot learn from")
  func refuses() throws {
    #expect(throws: PredictorError.oneClass(rows: 2, label: 1)) {
      try LogisticFit().fit(LabelledRows(columns: [[1, 2]], labels: [1, 1]))
    }
    #expect(throws: PredictorError.noData("labelled row")) {
      try LogisticFit().fit(LabelledRows(columns: [[]], labels: []))
    }
    #expect(throws: PredictorError.self) { try LabelledRows(columns: [[1]], labels: [0, 1]) }
    #expect(throws: PredictorError.self) {
      try LabelledRows(columns: [[.nan, 1]], labels: [0, 1])
    }
    #expect(throws: PredictorError.self) { try LabelledRows(columns: [[2, 1]], labels: [0, 7]) }
    var fit = LogisticFit()
    fit.ridge = .crossValidated(0.1...10)
    #expect(throws: PredictorError.tooFewGroups(got: 1, needed: 2)) {
      try fit.fit(
        LabelledRows(columns: [[1, 2, 3]], labels: [0, 1, 0], groups: ["a", "a", "a"]))
    }
  }
}

@Suite struct CrossValidationTests {
  @Test("groups stay together and every row is held out once")
  func keepsGroups() throws {
    let groups = (0..<50).map { "family \($0 * $0 % 7)" }
    for maximum in [Int.max, 3] {
      let folds = try CrossValidation(groups: groups, maximumFolds: maximum).folds
      #expect(folds.flatMap(\.heldOut).sorted() == Array(0..<50))
      for fold in folds {
        let held = Set(fold.heldOut.map { groups[$0] })
        #expect(held.isDisjoint(with: fold.training.map { groups[$0] }))
        #expect(fold.groups == held.sorted())
      }
    }
    #expect(throws: PredictorError.tooFewGroups(got: 1, needed: 2)) {
      try CrossValidation(groups: ["a", "a"])
    }
  }
}

@Suite struct CalibrationTests {
  @Test("Platt scaling repairs scores that are too bold, and keeps the criterion")
  func calibrates() throws {
    var generator = SeededGenerator(seed: 1)
    let scores = (0..<20_000).map { _ in Float(generator.uniform() * 12 - 6) }
    let labels = scores.map { score in
      Float(generator.uniform() < 1 / (1 + exp(-0.3 * Double(score) + 0.5)) ? 1 : 0)
    }
    let calibration = try ScoreCalibration.fitted(scores: scores, labels: labels)
    #expect(abs(calibration.slope - 0.3) < 0.02)
    #expect(abs(calibration.intercept + 0.5) < 0.06)
    func error(_ calibration: ScoreCalibration) -> Double {
      ReliabilityCurve(
        predictions: scores.map { calibration.probability(score: $0) }, labels: labels
      ).expectedCalibrationError
    }
    #expect(error(calibration) < 0.02)
    #expect(error(.identity) > 0.1)
    #expect(throws: PredictorError.self) {
      try ScoreCalibration.fitted(scores: scores.map { -$0 }, labels: labels)
    }
  }

  @Test("importance stays within 0 … 1 for any score")
  func isBounded() {
    for score in [-Float.greatestFiniteMagnitude, -1, 0, 3, .greatestFiniteMagnitude] {
      #expect((0...1).contains(ScoreCalibration.identity.probability(score: score)))
    }
  }
}
