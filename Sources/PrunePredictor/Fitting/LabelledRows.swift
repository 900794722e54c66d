import PruneCore
public import PruneFeatures

/// Rows to fit a classifier to: columns of numbers, a label and a family for each row.
public struct LabelledRows: Sendable {
  /// `[columns][rows]`.
  public var columns: [[Float]]
  /// Probability of survival in 0 … 1, usually 0 or 1, `[rows]`.
  public var labels: [Float]
  /// ≥ 0, `[rows]`; empty counts every row once.
  public var weights: [Float]
  /// Family of each row (architecture × data set), `[rows]`; empty where cross-validation is not wanted.
  public var families: [String]

  /// - Throws: ``PredictorError/wrongCount(what:got:expected:)`` for arrays of different lengths,
  ///   ``PredictorError/outOfRange(what:got:expected:)`` for a label, weight or feature that cannot be.
  public init(
    columns: [[Float]], labels: [Float], weights: [Float] = [], families: [String] = []
  ) throws(PredictorError) {
    for column in columns where column.count != labels.count {
      throw .wrongCount(what: "rows in a column", got: column.count, expected: labels.count)
    }
    guard weights.isEmpty || weights.count == labels.count else {
      throw .wrongCount(what: "weights", got: weights.count, expected: labels.count)
    }
    guard families.isEmpty || families.count == labels.count else {
      throw .wrongCount(what: "families", got: families.count, expected: labels.count)
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
    self.families = families
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
    if !families.isEmpty { result.families = rows.map { families[$0] } }
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
  /// Values of every term for chosen connections, `[terms][rows]`, rows layer by layer.
  ///
  /// - Parameter connections: per layer, positions in stored order.
  public func designColumns(
    of table: FeatureTable, connections: [[Int]], targetDensity: Double
  ) -> [[Float]] {
    let evaluator = BasisEvaluator(self, table: table)
    var columns = terms.map { _ in [Float]() }
    for (layer, chosen) in connections.enumerated() {
      for connection in chosen {
        let values = evaluator.termValues(
          layer: layer, connection: connection, density: targetDensity)
        for (index, value) in values.enumerated() { columns[index].append(Float(value)) }
      }
    }
    return columns
  }
}
