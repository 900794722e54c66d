public import PruneCore

/// List of every feature of single weights. Presets name features and this registry's version.
///
/// Symbols: `w` weight, `w̃` the same but 0 where it is masked; `g` loss gradient of one example; `L`
/// mean loss; `x` input and `y` output of the layer, `a` the activation after it; `E` mean over
/// examples or positions; `W[o, :]` and `W[:, i]` row and column of the weight. Every logarithm's
/// argument is raised to a floor first: a tenth of the 1 % quantile of its positive values in the
/// network, so that an exact zero (a dead unit) lies 2.3 nats below the smallest ordinary values.
public struct FeatureRegistry: Sendable {
  /// Version of the names' meanings; rises when one changes, not when a feature is added.
  public static let version = 1

  /// Every feature, family by family.
  public static let descriptors: [FeatureDescriptor] =
    MagnitudeFeatures.descriptors + GradientFeatures.descriptors + ActivationFeatures.descriptors
    + ContextFeatures.descriptors + StateFeatures.descriptors

  /// The feature of a name; `nil` where there is none.
  public static func descriptor(named name: String) -> FeatureDescriptor? {
    descriptors.first { $0.name == name }
  }
}

/// Name, meaning and scale of a column of a ``FeatureTable``.
public struct FeatureDescriptor: Hashable, Sendable {
  /// Origin of a feature's values.
  public enum Family: String, Hashable, Sendable, CaseIterable, Codable {
    /// From the weights alone.
    case magnitude
    /// From the gradients of the loss over the calibration set.
    case gradient
    /// From the layers' inputs and outputs over the calibration set.
    case activation
    /// From the place of a weight in the network, and from the densities around it.
    case context
    /// From a selection under way, see ``PruningState``.
    case state
  }

  /// Scale of a column; coefficients carry over between networks on it.
  public enum Unit: String, Hashable, Sendable, CaseIterable, Codable {
    /// Mean 0 and standard deviation 1 over the kept weights of the network; 0 throughout where all
    /// are equal.
    case networkScore
    /// Mean 0 and standard deviation 1 within a layer, row or column.
    case lineScore
    /// `ln(p / (1 − p))` of a quantile `p`.
    case logit
    /// Natural logarithm minus its mean over the kept weights of the network.
    case centredNats
    /// Natural logarithm.
    case nats
    /// A number in −1 … 1 or 0 … 1.
    case fraction
    /// 0 or 1.
    case flag
  }

  /// Name of the column, unique in its registry; presets refer to features by it.
  public let name: String
  /// Origin of the values; selects the extractor.
  public let family: Family
  /// Formula in the symbols of ``FeatureRegistry``.
  public let formula: String
  /// Scale of the values.
  public let unit: Unit
  /// Statistics that the feature is computed from.
  public let requires: StatisticKinds
  /// Paper that the feature is taken from, or the reason for it.
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
