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
