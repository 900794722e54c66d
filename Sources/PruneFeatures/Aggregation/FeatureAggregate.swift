import Foundation

/// How the features of a unit's connections become one feature of the unit.
public enum FeatureAggregate: String, Hashable, Sendable, CaseIterable, Codable {
  /// Mean over the unit's connections that are left: what an average connection is worth.
  case mean
  /// The largest of them: what its best connection is worth.
  case maximum
  /// `ln Σ eˣ`: for logarithms of saliencies, the logarithm of the unit's summed saliency.
  case logSum = "log-sum"

  /// Name of a column that this was made of: `log-wanda` under `log-sum` is `log-sum(log-wanda)`.
  public func name(of feature: String) -> String { "\(rawValue)(\(feature))" }

  /// Combines the values of each unit.
  ///
  /// - Parameters:
  ///   - values: `[connections]`.
  ///   - kept: `[connections]`; `nil` for all.
  /// - Returns: `[units]`; 0 for units with nothing left.
  func combine(_ values: [Float], kept: [Bool]?, by grouping: UnitGrouping) -> [Float] {
    var counts = [Int](repeating: 0, count: grouping.unitCount)
    var maxima = [Float](repeating: -.infinity, count: grouping.unitCount)
    forEach(values, kept, grouping) { unit, value in
      counts[unit] += 1
      maxima[unit] = max(maxima[unit], value)
    }
    var sums = [Double](repeating: 0, count: grouping.unitCount)
    switch self {
    case .maximum: break
    case .mean: forEach(values, kept, grouping) { sums[$0] += Double($1) }
    case .logSum:
      forEach(values, kept, grouping) { sums[$0] += exp(Double($1) - Double(maxima[$0])) }
    }
    return counts.indices.map { unit in
      guard counts[unit] > 0 else { return 0 }
      return switch self {
      case .maximum: maxima[unit]
      case .mean: Float(sums[unit] / Double(counts[unit]))
      case .logSum: maxima[unit] + Float(log(sums[unit]))
      }
    }
  }

  private func forEach(
    _ values: [Float], _ kept: [Bool]?, _ grouping: UnitGrouping, _ body: (Int, Float) -> Void
  ) {
    for index in values.indices where kept?[index] ?? true {
      body(grouping.unit(of: index), values[index])
    }
  }
}
