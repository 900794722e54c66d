import PruneCore
public import PruneFeatures
import PruneSupport

/// Rows to fit a classifier to: columns of numbers, a label and a group for each row.
public struct LabelledRows: Sendable {
  /// Values, `[columns][rows]`.
  public var columns: [[Float]]
  /// Probability of survival of each row, 0 … 1, usually 0 or 1, `[rows]`.
  public var labels: [Float]
  /// Weight of each row, ≥ 0, `[rows]`; empty counts every row once.
  public var weights: [Float]
  /// Group of each row (architecture × data set), `[rows]`; empty where cross-validation is not wanted.
  public var groups: [String]

  /// - Throws: ``PredictorError/wrongCount(what:got:expected:)`` for arrays of different lengths,
  ///   ``PredictorError/outOfRange(what:got:expected:)`` for a label, weight or feature out of range.
  public init(
    columns: [[Float]], labels: [Float], weights: [Float] = [], groups: [String] = []
  ) throws(PredictorError) {
    for column in columns where column.count != labels.count {
      throw .wrongCount(what: "rows in a column", got: column.count, expected: labels.count)
    }
    guard weights.isEmpty || weights.count == labels.count else {
      throw .wrongCount(what: "weights", got: weights.count, expected: labels.count)
    }
    guard groups.isEmpty || groups.count == labels.count else {
      throw .wrongCount(what: "groups", got: groups.count, expected: labels.count)
    }
    if let label = labels.first(where: { !(0...1).contains($0) }) {
      throw .outOfRange(what: "a label", got: "\(label)", expected: "0 ... 1")
    }
    if let weight = weights.first(where: { !($0 >= 0 && $0.isFinite) }) {
      throw .outOfRange(what: "a weight", got: "\(weight)", expected: "a finite number >= 0")
    }
    let broken = ParallelChunks(count: columns.count, length: 1).map { range in
      columns[range.lowerBound].firstNotFinite
    }
    if let value = broken.compactMap({ $0 }).first {
      throw .outOfRange(what: "a feature", got: "\(value)", expected: "a finite number")
    }
    self.columns = columns
    self.labels = labels
    self.weights = weights
    self.groups = groups
  }

  /// Number of rows.
  public var count: Int { labels.count }

  /// The rows of some indices, in that order.
  public func subset(_ rows: [Int]) -> LabelledRows {
    var result = self
    result.columns = ParallelChunks(count: columns.count, length: 1).map { range in
      let column = columns[range.lowerBound]
      return rows.map { column[$0] }
    }
    result.labels = rows.map { labels[$0] }
    if !weights.isEmpty { result.weights = rows.map { weights[$0] } }
    if !groups.isEmpty { result.groups = rows.map { groups[$0] } }
    return result
  }
}

extension [Float] {
  fileprivate var firstNotFinite: Float? {
    let largest = reduce(0) { Swift.max($0, $1.bitPattern & 0x7FFF_FFFF) }
    return largest < 0x7F80_0000 ? nil : first { !$0.isFinite }
  }
}

extension FeatureBasis {
  /// Values of every term for chosen weights, `[terms][rows]`, rows layer by layer.
  ///
  /// - Parameter weights: positions of the weights in stored order, per layer.
  public func designColumns(
    of table: FeatureTable, weights: [[Int]], targetDensity: Double
  ) -> [[Float]] {
    let evaluator = BasisEvaluator(self, table: table)
    var columns = terms.map { _ in [Float]() }
    for (layer, chosen) in weights.enumerated() {
      for weight in chosen {
        let values = evaluator.termValues(
          layer: layer, weight: weight, density: targetDensity)
        for (index, value) in values.enumerated() { columns[index].append(Float(value)) }
      }
    }
    return columns
  }
}

/// Failed fit of a predictor.
public enum PredictorError: Error, Hashable, CustomStringConvertible {
  /// Nothing to learn from; the value names what is missing.
  case noData(String)
  /// Arrays that belong together differ in length; `what` is counted.
  case wrongCount(what: String, got: Int, expected: Int)
  /// A number that cannot be used; `got` and `expected` are texts for the message.
  case outOfRange(what: String, got: String, expected: String)
  /// Every label is the same, so that nothing tells survivors from pruned weights.
  case oneClass(rows: Int, label: Float)
  /// Fewer groups (architecture × data set) than can be held out in turn.
  case tooFewGroups(got: Int, needed: Int)
  /// The network of a task has no prunable weight left.
  case noTargets(task: String)
  /// The parts of a task are inconsistent, or the engine gives no gradient for it.
  case brokenTask(task: String, reason: String)

  public var description: String {
    switch self {
    case .noData(let what): "there is no \(what) to fit to; archive some runs first"
    case .wrongCount(let what, let got, let expected): "got \(got) \(what), expected \(expected)"
    case .outOfRange(let what, let got, let expected): "\(what) is \(got), expected \(expected)"
    case .oneClass(let rows, let label):
      "all \(rows) labels are \(label); fitting needs kept and pruned weights"
    case .tooFewGroups(let got, let needed):
      "cross-validation needs at least \(needed) groups of networks, got \(got)"
    case .noTargets(let task): "task '\(task)' has no prunable weight left"
    case .brokenTask(let task, let reason): "task '\(task)': \(reason)"
    }
  }
}
