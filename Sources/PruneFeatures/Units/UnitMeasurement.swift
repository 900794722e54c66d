/// What is known of one unit of a network as it is.
package struct UnitMeasurement: Hashable, Sendable {
  /// Position of its coupling group; units of one group are compared with each other. `nil` for a residual branch.
  package var group: Int?
  /// `E[g²]`.
  package var gateSquare: Double
  /// `E[d]`.
  package var gateDrift: Double
  /// Correlation of `g` with its sum over the group.
  package var company: Double
  /// Of the weights that make the unit.
  package var madeNorm: Double
  /// Of the weights that read the unit.
  package var readNorm: Double
  /// Share of the dense network's cost.
  package var saving: Double
  /// Units of the group in the dense network.
  package var groupSize: Int
  /// Share of them that is left.
  package var groupLeft: Double
  /// 0 for the first layer, 1 for the last.
  package var depth: Double
  /// Whether convolutions make it.
  package var isConvolved: Bool

  package init(
    group: Int?, gateSquare: Double, gateDrift: Double, company: Double, madeNorm: Double,
    readNorm: Double, saving: Double, groupSize: Int, groupLeft: Double, depth: Double,
    isConvolved: Bool
  ) {
    self.group = group
    self.gateSquare = gateSquare
    self.gateDrift = gateDrift
    self.company = company
    self.madeNorm = madeNorm
    self.readNorm = readNorm
    self.saving = saving
    self.groupSize = groupSize
    self.groupLeft = groupLeft
    self.depth = depth
    self.isConvolved = isConvolved
  }
}
