public import PruneCore

/// What a column of a ``FeatureTable`` means.
public struct FeatureDescriptor: Hashable, Sendable {
  /// Where a feature comes from.
  public enum Family: String, Hashable, Sendable, CaseIterable, Codable {
    /// Of the weights alone.
    case magnitude
    /// Of the gradients of the loss over the calibration set.
    case gradient
    /// Of the layers' inputs and outputs over the calibration set.
    case activation
    /// Of the place of a connection in the network, and of how much of the network is left.
    case context
    /// Of a selection under way, see ``PruningState``.
    case state
  }

  /// How a column is scaled, so that coefficients carry over between networks.
  public enum Unit: String, Hashable, Sendable, CaseIterable, Codable {
    /// Mean 0 and standard deviation 1 over the kept connections of the network; 0 throughout where
    /// all are equal.
    case networkScore
    /// Mean 0 and standard deviation 1 within a layer, row or column.
    case lineScore
    /// `ln(p / (1 − p))` of a quantile `p`.
    case logit
    /// Natural logarithm minus its mean over the kept connections of the network.
    case centredNats
    /// Natural logarithm.
    case nats
    /// A number in −1 … 1 or 0 … 1.
    case fraction
    /// 0 or 1.
    case flag
  }

  /// Of the column, unique in ``FeatureRegistry``; presets refer to features by it.
  public let name: String
  /// Decides which statistics are needed and which code computes it.
  public let family: Family
  /// In the symbols of ``FeatureRegistry``.
  public let formula: String
  /// The scale that values come in.
  public let unit: Unit
  /// Statistics that it is computed from.
  public let requires: StatisticKinds
  /// The paper it is taken from, or the reason for it.
  public let source: String

  init(
    name: String, family: Family, formula: String, unit: Unit, requires: StatisticKinds = [],
    source: String
  ) {
    self.name = name
    self.family = family
    self.formula = formula
    self.unit = unit
    self.requires = requires
    self.source = source
  }
}
