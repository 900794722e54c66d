import Foundation
import PruneCore

/// Features of a ``PruningState``: they change from pass to pass of a selection.
///
/// Columns of a ``NetworkState`` alone, on which nothing was tried yet, hold 0.
struct StateFeatures {
  enum Feature: String, CaseIterable {
    case isOn = "is-on"
    case signedSaliency = "signed-saliency"
    case layerSaliency = "signed-saliency-layer"
    case saliencyMemory = "saliency-memory"
    case rowLeft = "row-left"
    case columnLeft = "column-left"
    case outgoingLeft = "outgoing-left"
    case incomingLeft = "incoming-left"
  }

  static let descriptors = Feature.allCases.map(descriptor)

  private static func descriptor(_ feature: Feature) -> FeatureDescriptor {
    let (formula, unit, source): (String, FeatureDescriptor.Unit, String) =
      switch feature {
      case .isOn: ("1 where the connection is on", .flag, surgery)
      case .signedSaliency:
        ("sign(S) · ln(1 + |S| / c), S = −w · ∂L/∂w̃, c = ½ mean |S| of network", .nats, taylor)
      case .layerSaliency:
        ("sign(S) · ln(1 + |S| / c), S = −w · ∂L/∂w̃, c = ½ mean |S| of layer", .nats, taylor)
      case .saliencyMemory:
        ("0.3 e, e ← 0.7 e + signed-saliency at every pass", .nats, memory)
      case .rowLeft: ("1 + ⅓ ln (10⁻³ + Σ w̃² / Σ w²) over W[o, :]", .fraction, left)
      case .columnLeft: ("1 + ⅓ ln (10⁻³ + Σ w̃² / Σ w²) over W[:, i]", .fraction, left)
      case .outgoingLeft:
        ("1 + ⅓ ln (10⁻³ + Σ w̃² / Σ w²) over all weights that read output o", .fraction, left)
      case .incomingLeft:
        ("1 + ⅓ ln (10⁻³ + Σ w̃² / Σ w²) over the weights that make input i", .fraction, left)
      }
    return FeatureDescriptor(
      name: feature.rawValue, family: .state, formula: formula, unit: unit, source: source)
  }

  private static let surgery = "Guo et al. 2016, arXiv:1608.04493"
  private static let taylor =
    "Molchanov et al. 2019, arXiv:1906.10771 eq. 8, signed; for removed weights Evci et al. 2020, arXiv:1911.11134"
  private static let memory = "one batch's gradient is noisy; a sum over passes less so"
  private static let left = "what a unit is worth falls with what is left around it"

  private let state: PruningState
  private let now: LineSquares
  private let whole: LineSquares

  /// - Parameter whole: of the network with every connection on, where known from an earlier pass.
  init(_ state: PruningState, whole: LineSquares? = nil) {
    self.state = state
    self.whole = whole ?? LineSquares(state.network)
    now = LineSquares(
      NetworkState(
        layers: state.network.layers, weights: state.network.weights, masks: state.masks,
        adjacency: state.network.adjacency))
  }

  /// `[connections]` of one layer, in stored order.
  func column(_ name: String, layer: Int) -> [Float] {
    let count = state.network.layers[layer].count
    let grid = ConnectionGrid(state.network.layers[layer].layout)
    guard let feature = Feature(rawValue: name) else { return [Float](repeating: 0, count: count) }
    let values: [Float]
    switch feature {
    case .isOn: return state.masks[layer].kept.map { $0 ? 1 : 0 }
    case .signedSaliency:
      let logarithm = SignedLogarithm(of: state.saliency, count: state.connectionsLeft)
      values = state.saliency[layer].map { logarithm($0) }
    case .layerSaliency:
      let left = state.network.masks[layer]?.keptCount ?? count
      let logarithm = SignedLogarithm(of: [state.saliency[layer]], count: left)
      values = state.saliency[layer].map { logarithm($0) }
    case .saliencyMemory: values = state.memory[layer].map { 0.3 * $0 }
    case .rowLeft: values = spread(outputs: Self.left(now.rows, whole.rows, layer), grid)
    case .columnLeft: values = spread(inputs: Self.left(now.columns, whole.columns, layer), grid)
    case .outgoingLeft:
      values = spread(outputs: Self.left(now.outgoing, whole.outgoing, layer), grid)
    case .incomingLeft:
      values = spread(inputs: Self.left(now.incoming, whole.incoming, layer), grid)
    }
    guard let kept = state.network.masks[layer]?.kept else { return values }
    return [Float](count: count) { kept[$0] ? values[$0] : 0 }
  }

  /// 1 where everything is left, −1.3 where nothing is; 0 where nobody knows the neighbours.
  private static func left(_ now: [[Float]?], _ whole: [[Float]?], _ layer: Int) -> [Float]? {
    guard let now = now[layer], let whole = whole[layer] else { return nil }
    return [Float](count: now.count) {
      1 + log(1e-3 + (whole[$0] > 0 ? now[$0] / whole[$0] : 1)) / 3
    }
  }

  private func spread(outputs values: [Float]?, _ grid: ConnectionGrid) -> [Float] {
    guard let values, values.count == grid.layout.outputs else {
      return [Float](repeating: 0, count: grid.count)
    }
    return [Float](unsafeUninitializedCapacity: grid.count) { buffer, initialized in
      grid.spread(outputs: values, in: 0..<grid.count, into: buffer)
      initialized = grid.count
    }
  }

  private func spread(inputs values: [Float]?, _ grid: ConnectionGrid) -> [Float] {
    guard let values, grid.accepts(inputs: values) else {
      return [Float](repeating: 0, count: grid.count)
    }
    return grid.spread(inputs: values)
  }
}

/// Sums of squared weights along the lines of every layer and of its neighbours.
struct LineSquares: Sendable {
  let rows: [[Float]?]
  let columns: [[Float]?]
  let outgoing: [[Float]?]
  let incoming: [[Float]?]

  init(_ network: NetworkState) {
    let basis = NetworkBasis(network, quantities: [])
    rows = basis.summaries.map(\.rowSquares)
    columns = basis.summaries.map(\.columnSquares)
    let norms = NeighbourNorms(basis)
    outgoing = norms.outgoing.map { $0?.map { $0 * $0 } }
    incoming = norms.incoming.map { $0?.map { $0 * $0 } }
  }
}
