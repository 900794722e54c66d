/// List of every feature of a whole unit: a channel, neuron, hidden unit or head with all that is coupled to it, or a
/// residual branch. Presets for granularities that cut units out name these and ``FeatureRegistry/version``.
///
/// Symbols: a unit's *gate* multiplies its output; `g` derivative, by the gate, of the log-likelihood of a class
/// drawn from the network's own outputs, `d` that of the divergence from the dense network; `E` mean over examples; `G`
/// the unit's coupling group. Logarithms have the floor of ``FeatureRegistry``.
public enum UnitFeatureRegistry {
  /// Every feature, in no order that matters.
  public static let descriptors: [FeatureDescriptor] = Feature.allCases.map(\.descriptor)

  /// The feature of a name; `nil` where there is none.
  public static func descriptor(named name: String) -> FeatureDescriptor? {
    Feature(rawValue: name)?.descriptor
  }

  package enum Feature: String, CaseIterable {
    case logGate = "unit-log-gate"
    case logFisher = "unit-log-fisher"
    case logDrift = "unit-log-drift"
    case groupCorrelation = "unit-company"
    case logMadeNorm = "unit-log-made-norm"
    case logReadNorm = "unit-log-read-norm"
    case logSaving = "unit-log-saving"
    case logGroupSize = "unit-log-group-size"
    case logGroupLeft = "unit-log-group-left"
    case depth = "unit-depth"
    case isBranch = "unit-is-branch"
    case isConvolved = "unit-is-convolved"

    var descriptor: FeatureDescriptor {
      func make(
        _ family: FeatureDescriptor.Family, _ formula: String, _ unit: FeatureDescriptor.Unit,
        _ source: String
      ) -> FeatureDescriptor {
        FeatureDescriptor(
          name: rawValue, family: family, formula: formula, unit: unit, source: source)
      }
      let molchanov = "Molchanov et al. 2019, arXiv:1906.10771 §3"
      return switch self {
      case .logGate: make(.gradient, "ln (½ E[g²] + |E[d]|)", .centredNats, molchanov)
      case .logFisher:
        make(.gradient, "ln ½ E[g²]", .centredNats, "Theis et al. 2018, arXiv:1801.05787 §2.1")
      case .logDrift: make(.gradient, "ln |E[d]|", .centredNats, molchanov)
      case .groupCorrelation:
        make(
          .gradient, "correlation of g with its sum over G", .fraction,
          "units that move the outputs alike are missed more together than one by one")
      case .logMadeNorm:
        make(
          .magnitude, "ln of the norm of the weights that make the unit, minus its mean in G",
          .lineScore, "Li et al. 2017, arXiv:1608.08710 §3.1")
      case .logReadNorm:
        make(
          .magnitude, "ln of the norm of the weights that read the unit, minus its mean in G",
          .lineScore, "He et al. 2017, arXiv:1707.06168 §3.1: what reads a channel decides on it")
      case .logSaving:
        make(
          .context, "ln of the cost that goes with the unit", .centredNats,
          "what a unit is worth and what it saves need not be in proportion")
      case .logGroupSize:
        make(.context, "ln of the units of G in the dense network", .centredNats, width)
      case .logGroupLeft: make(.context, "ln of the share of G that is left", .nats, width)
      case .depth:
        make(
          .context, "position of the first layer that makes the unit, 0 first and 1 last",
          .fraction, "later layers have less to make good a loss")
      case .isBranch:
        make(.context, "1 for a residual branch", .flag, "a branch goes with many units at once")
      case .isConvolved:
        make(
          .context, "1 where convolutions make the unit", .flag,
          "what a gate foretells differs between channels and the units of matrices")
      }
    }

    private var width: String { "narrow layers have fewer units to stand in for one that goes" }
  }
}
