import PruneCore
import PruneSurgery

extension Granularity {
  /// Whether units go with everything coupled to them, so that the network gets physically smaller.
  package var isStructural: Bool { !unitKinds.isEmpty || removesBranches }

  /// Kinds of coupled units that this granularity removes.
  var unitKinds: Set<CouplingGroup.Kind> {
    switch self {
    case .channel: [.channel, .neuron, .hiddenUnit]
    case .head: [.head]
    case .auto: Set(CouplingGroup.Kind.allCases)
    case .element, .nm, .block, .kernel, .layer: []
    }
  }

  /// Whether all layers of a residual branch may go together.
  var removesBranches: Bool { self == .layer || self == .auto }
}
