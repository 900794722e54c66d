/// Summary of the cells of held-out networks by method, averaged over subjects and seeds.
public struct HeldOutSummary: Sendable {
  /// Mean metrics of every method on one group at one sparsity, over subjects and seeds.
  public struct Row: Hashable, Sendable, Codable {
    /// Group, architecture × data set.
    public let group: String
    /// Sparsity, `0 ..< 1`.
    public let sparsity: Double
    /// Mean metric by method name, fractions.
    public let metrics: [String: Double]

    private enum CodingKeys: String, CodingKey {
      case group = "family"
      case sparsity, metrics
    }
  }

  /// Comparison of a method with the hand-made criteria.
  public struct Comparison: Hashable, Sendable, Codable {
    /// Name of the method.
    public let method: String
    /// Mean metric over all rows, a fraction.
    public let mean: Double
    /// Mean of the standard deviations over seeds of each network at each sparsity.
    public let seedDeviation: Double
    /// Mean metric, over all rows, of the single criterion that is best on the other groups, chosen anew for every group.
    public let singleMean: Double
    /// Share of rows in which the method is at least as good as that criterion.
    public let wonShare: Double
    /// Largest shortfall against the best criterion of the same row; 0 where there is none.
    public let worstDeficit: Double
    /// Row of that shortfall, as *group* `at` *sparsity*; empty where there is none.
    public let worstRow: String
  }

  /// Rows in which every method has a score, sorted by group and sparsity.
  public let rows: [Row]
  /// Names of the methods, hand-made criteria included, in the order of the cells.
  public let methods: [String]
  /// Names of the hand-made criteria among ``methods``.
  public let criteria: [String]
  private let deviations: [String: Double]

  /// - Parameters:
  ///   - cells: cells of every method on every network at every sparsity.
  ///   - criteria: names of the methods that are hand-made criteria.
  public init(_ cells: [HeldOutCell], criteria: [String]) {
    var methods: [String] = []
    for cell in cells where !methods.contains(cell.method) { methods.append(cell.method) }
    self.methods = methods
    self.criteria = methods.filter { criteria.contains($0) }
    struct Place: Hashable {
      let group: String
      let sparsity: Double
    }
    let byPlace = Dictionary(grouping: cells) { Place(group: $0.group, sparsity: $0.sparsity) }
    rows = byPlace.map { place, cells in
      Row(
        group: place.group, sparsity: place.sparsity,
        metrics: Dictionary(grouping: cells, by: \.method).mapValues {
          $0.reduce(0) { $0 + $1.metric } / Double($0.count)
        })
    }
    .filter { $0.metrics.count == methods.count }
    .sorted { ($0.group, $0.sparsity) < ($1.group, $1.sparsity) }
    deviations = Self.seedDeviations(cells)
  }

  /// Mean metric of a method over all rows, a fraction; NaN without rows.
  public func mean(_ method: String) -> Double { Self.mean(rows.compactMap { $0.metrics[method] }) }

  /// Compares a method with the hand-made criteria.
  ///
  /// - Returns: `nil` without rows or criteria.
  public func comparison(of method: String) -> Comparison? {
    guard !rows.isEmpty, !criteria.isEmpty else { return nil }
    let groups = Set(rows.map(\.group))
    var single: [String: String] = [:]
    for group in groups {
      let others = rows.filter { groups.count == 1 || $0.group != group }
      single[group] = criteria.max { mean($0, others) < mean($1, others) }
    }
    var (won, singles) = (0, [Double]())
    var worst = (deficit: 0.0, row: "")
    for row in rows {
      let value = row.metrics[method] ?? 0
      let alternative = single[row.group].flatMap { row.metrics[$0] } ?? 0
      singles.append(alternative)
      if value >= alternative { won += 1 }
      let deficit = (criteria.compactMap { row.metrics[$0] }.max() ?? 0) - value
      if deficit > worst.deficit {
        worst = (deficit, "\(row.group) at \(row.sparsity)")
      }
    }
    return Comparison(
      method: method, mean: mean(method), seedDeviation: deviations[method] ?? 0,
      singleMean: Self.mean(singles), wonShare: Double(won) / Double(rows.count),
      worstDeficit: worst.deficit, worstRow: worst.row)
  }

  private func mean(_ method: String, _ rows: [Row]) -> Double {
    Self.mean(rows.compactMap { $0.metrics[method] })
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }

  /// Mean standard deviation over seeds by method; 0 for one seed.
  private static func seedDeviations(_ cells: [HeldOutCell]) -> [String: Double] {
    struct Place: Hashable {
      let subject: String
      let sparsity: Double
    }
    return Dictionary(grouping: cells, by: \.method).mapValues { cells in
      let places = Dictionary(grouping: cells) {
        Place(subject: $0.subject, sparsity: $0.sparsity)
      }
      let spreads = places.values.filter { $0.count > 1 }.map { cells in
        let values = cells.map(\.metric)
        let centre = mean(values)
        return
          (values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
          / Double(values.count - 1)).squareRoot()
      }
      return spreads.isEmpty ? 0 : mean(spreads)
    }
  }
}
