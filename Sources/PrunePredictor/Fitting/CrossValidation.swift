/// Split of rows or tasks into folds that hold out whole groups (architecture × data set).
public struct CrossValidation: Hashable, Sendable {
  /// Rows to fit to and rows to validate on.
  public struct Fold: Hashable, Sendable {
    /// Groups in the held-out part, sorted.
    public var groups: [String]
    /// Positions of the rows to fit to.
    public var training: [Int]
    /// Positions of the rows to validate on.
    public var heldOut: [Int]
  }

  /// Folds; every row is held out in exactly one.
  public let folds: [Fold]

  /// - Parameters:
  ///   - groups: group of each row or task.
  ///   - maximumFolds: number of folds where there are more groups; groups are then dealt into the folds, the
  ///     largest first into the emptiest.
  /// - Throws: ``PredictorError/tooFewGroups(got:needed:)`` for fewer than two.
  public init(groups: [String], maximumFolds: Int = .max) throws(PredictorError) {
    var sizes: [String: Int] = [:]
    for group in groups { sizes[group, default: 0] += 1 }
    guard sizes.count >= 2, maximumFolds >= 2 else {
      throw .tooFewGroups(got: min(sizes.count, maximumFolds), needed: 2)
    }
    let foldCount = min(maximumFolds, sizes.count)
    var members = [[String]](repeating: [], count: foldCount)
    var loads = [Int](repeating: 0, count: foldCount)
    let ranked = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for (group, size) in ranked {
      let target = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      members[target].append(group)
      loads[target] += size
    }
    folds = members.map { members in
      let set = Set(members)
      return Fold(
        groups: members.sorted(),
        training: groups.indices.filter { !set.contains(groups[$0]) },
        heldOut: groups.indices.filter { set.contains(groups[$0]) })
    }
  }
}

/// Rows with the folds of a cross-validation as ranges of them, so that no fold is a copy.
struct FoldedRows {
  struct Fold {
    var training: [Range<Int>]
    var heldOut: [Range<Int>]
  }

  /// Rows as given, or a copy in the order of their folds where groups alternate often.
  let rows: LabelledRows
  let folds: [Fold]

  /// - Throws: ``PredictorError/tooFewGroups(got:needed:)`` for fewer than two.
  init(_ rows: LabelledRows, maximumFolds: Int) throws(PredictorError) {
    let folds = try CrossValidation(groups: rows.groups, maximumFolds: maximumFolds).folds
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

  /// Ranges of consecutive indices; `indices` ascending.
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

  /// Ranges of `0 ..< count` outside of `runs`.
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
