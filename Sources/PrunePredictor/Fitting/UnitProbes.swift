package import PruneFeatures

/// Sets of units taken out of one state of a network, and how far the outputs moved without each.
package struct UnitProbes: Sendable {
  /// Every feature of ``UnitFeatureRegistry``, a row per unit or branch that was left.
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
