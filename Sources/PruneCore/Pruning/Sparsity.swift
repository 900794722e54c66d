/// A fraction of zero connections.
public struct Sparsity: Hashable, Sendable, Comparable {
  /// In `0 ..< 1`.
  public let fraction: Double

  /// - Throws: ``BudgetError/sparsityOutOfRange(_:)``, also for NaN.
  public init(_ fraction: Double) throws(BudgetError) {
    guard (0..<1).contains(fraction) else { throw .sparsityOutOfRange(fraction) }
    self.fraction = fraction
  }

  /// `1 − fraction`, above 0.
  public var density: Double { 1 - fraction }

  public static func < (left: Sparsity, right: Sparsity) -> Bool { left.fraction < right.fraction }
}
