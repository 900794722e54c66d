/// Moments of the derivatives by the gates of units, over a ``GateSample``.
package struct GateMoments: Sendable {
  private let groups: [Int: Int]
  private var squares: [Int: Double] = [:]
  private var divergenceGradients: [Int: Double] = [:]
  /// `E[g Σg]`, the sum over the unit's group.
  private var products: [Int: Double] = [:]
  private var groupSquares: [Int: Double] = [:]

  /// - Parameter groups: by unit id; a unit without one has no groupCorrelation.
  init(groups: [Int: Int]) { self.groups = groups }

  /// - Parameters:
  ///   - gates: derivatives of the likelihood by unit id.
  ///   - changes: derivatives of the divergence by unit id.
  mutating func add(
    _ gates: [Int: Double], weight: Double, divergenceGradients changes: [Int: Double],
    weight driftWeight: Double
  ) {
    var sums: [Int: Double] = [:]
    for (unit, gate) in gates.sorted(by: { $0.key < $1.key }) {
      squares[unit, default: 0] += weight * gate * gate
      if let group = groups[unit] { sums[group, default: 0] += gate }
    }
    for (unit, gate) in gates {
      guard let group = groups[unit], let sum = sums[group] else { continue }
      products[unit, default: 0] += weight * gate * sum
    }
    for (group, sum) in sums { groupSquares[group, default: 0] += weight * sum * sum }
    for (unit, change) in changes { divergenceGradients[unit, default: 0] += driftWeight * change }
  }

  /// `E[g²]`.
  func square(of unit: Int) -> Double { squares[unit] ?? 0 }

  /// `E[d]`.
  func divergenceGradient(of unit: Int) -> Double { divergenceGradients[unit] ?? 0 }

  /// Correlation of `g` with its sum over the unit's group, −1 … 1; 0 without a group.
  func groupCorrelation(of unit: Int) -> Double {
    guard let group = groups[unit] else { return 0 }
    let scale = (square(of: unit) * (groupSquares[group] ?? 0)).squareRoot()
    return scale > 0 ? min(1, max(-1, (products[unit] ?? 0) / scale)) : 0
  }

  /// `½ E[g²] + |E[d]|`.
  func saliency(of unit: Int) -> Double {
    0.5 * square(of: unit) + divergenceGradient(of: unit).magnitude
  }
}
