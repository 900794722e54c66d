package import PruneFeatures

/// Sets of units taken out of one state of a network, and how far the outputs moved without each.
package struct UnitProbes: Sendable {
  /// Every feature of ``PruneFeatures/UnitFeatureRegistry``, a row per unit or branch that was left.
  package let table: FeatureTable
  /// Share of the cost that the state had left.
  package let density: Double
  /// Rows of the table.
  package let sets: [[Int]]
  /// Divergence from the dense outputs beyond that of the state, `[sets]`; below 0 where a set was better away.
  package let changes: [Double]

  package init(table: FeatureTable, density: Double, sets: [[Int]], changes: [Double]) {
    self.table = table
    self.density = density
    self.sets = sets
    self.changes = changes
  }
}

/// How units are probed.
package struct UnitProbing: Sendable {
  /// States on the way down, evenly spread over the logarithm of the cost.
  package var states = 8
  /// Share of the cost left in the last.
  package var lowest = 0.2
  /// At every state.
  package var sets = 24
  /// Standard deviations of the noise on the logarithm of the scores that sets are drawn by, in turn.
  package var noise = [0.5, 1, 2, 4]
  /// Shares of the cost that sets make up, in turn; 0 is a single unit.
  package var shares = [0, 0.02, 0.05, 0.1]

  package init() {}
}
