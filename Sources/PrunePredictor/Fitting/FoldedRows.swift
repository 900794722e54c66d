/// Rows with the folds of a cross-validation as ranges of them, so that no fold is a copy.
struct FoldedRows {
  struct Fold {
    var training: [Range<Int>]
    var heldOut: [Range<Int>]
  }

  /// The rows given, or those in the order of their folds where families alternate often.
  let rows: LabelledRows
  let folds: [Fold]

  /// - Throws: ``PredictorError/tooFewFamilies(got:needed:)`` for fewer than two.
  init(_ rows: LabelledRows, maximumFolds: Int) throws(PredictorError) {
    let folds = try CrossValidation(families: rows.families, maximumFolds: maximumFolds).folds
    let runs = folds.map { Self.runs(of: $0.heldOut) }
    if runs.reduce(0, { $0 + $1.count }) * Self.shortestRun <= rows.count {
      self.rows = rows
      self.folds = runs.map { Fold(training: Self.gaps(between: $0, in: rows.count), heldOut: $0) }
    } else {
      self.rows = rows.subset(folds.flatMap(\.heldOut))
      var start = 0
      self.folds = folds.map { fold in
        let range = start..<start + fold.heldOut.count
        start = range.upperBound
        return Fold(training: Self.gaps(between: [range], in: rows.count), heldOut: [range])
      }
    }
  }

  /// Mean length of a run, in rows, below which copying once is faster than skipping often.
  private static let shortestRun = 256

  private static func runs(of indices: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in indices {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }

  private static func gaps(between runs: [Range<Int>], in count: Int) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var next = 0
    for run in runs {
      if run.lowerBound > next { gaps.append(next..<run.lowerBound) }
      next = run.upperBound
    }
    if next < count { gaps.append(next..<count) }
    return gaps
  }
}
