/// Splits rows or tasks so that whole families (architecture × data set) are held out together.
public struct CrossValidation: Hashable, Sendable {
  /// Rows to fit to and rows to score on.
  public struct Fold: Hashable, Sendable {
    /// Families in the held-out part, sorted.
    public var families: [String]
    /// Positions to fit to.
    public var training: [Int]
    /// Positions to judge on.
    public var heldOut: [Int]
  }

  /// Every row is held out in exactly one.
  public let folds: [Fold]

  /// - Parameters:
  ///   - families: one per row or task.
  ///   - maximumFolds: families are dealt into this many folds, the largest first to the emptiest, where there are
  ///     more of them.
  /// - Throws: ``PredictorError/tooFewFamilies(got:needed:)`` for fewer than two.
  public init(families: [String], maximumFolds: Int = .max) throws(PredictorError) {
    var sizes: [String: Int] = [:]
    for family in families { sizes[family, default: 0] += 1 }
    guard sizes.count >= 2, maximumFolds >= 2 else {
      throw .tooFewFamilies(got: min(sizes.count, maximumFolds), needed: 2)
    }
    let foldCount = min(maximumFolds, sizes.count)
    var members = [[String]](repeating: [], count: foldCount)
    var loads = [Int](repeating: 0, count: foldCount)
    let ranked = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    for (family, size) in ranked {
      let target = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
      members[target].append(family)
      loads[target] += size
    }
    folds = members.map { members in
      let set = Set(members)
      return Fold(
        families: members.sorted(),
        training: families.indices.filter { !set.contains(families[$0]) },
        heldOut: families.indices.filter { set.contains(families[$0]) })
    }
  }
}
