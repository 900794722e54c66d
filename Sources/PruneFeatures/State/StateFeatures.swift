import Foundation
import PruneCore

/// Features of a ``PruningState``: they change from pass to pass of a selection.
///
/// For a ``NetworkState`` alone, before a selection, they hold 0.
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
      case .isOn: ("1 where the weight is kept", .flag, surgery)
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
  private let grids: [WeightGrid]
  private let logarithm: SignedLogarithm
  private let layerLogarithms: [SignedLogarithm]
  /// Values of the lines, per line feature and layer; `nil` where the neighbours are not known.
  private let lines: [Feature: [[Float]?]]

  /// - Parameters:
  ///   - wanted: names of features; nothing else is prepared.
  ///   - whole: sums of the network before the selection masked anything.
  init(_ state: PruningState, wanted: Set<String>, whole: LineSquares) {
    self.state = state
    grids = state.network.layers.map { WeightGrid($0.layout) }
    logarithm =
      wanted.contains(Feature.signedSaliency.rawValue)
      ? SignedLogarithm(of: state.saliency, count: state.keptCount) : .nothing
    layerLogarithms = state.network.layers.indices.map { layer in
      guard wanted.contains(Feature.layerSaliency.rawValue) else { return .nothing }
      let left = state.network.masks[layer]?.keptCount ?? state.network.layers[layer].count
      return SignedLogarithm(of: [state.saliency[layer]], count: left)
    }
    let lineFeatures: [Feature: KeyPath<LineSquares, [[Float]?]>] = [
      .rowLeft: \.rows, .columnLeft: \.columns, .outgoingLeft: \.outgoing,
      .incomingLeft: \.incoming,
    ]
    let used = lineFeatures.filter { wanted.contains($0.key.rawValue) }
    let now = used.isEmpty ? whole : LineSquares(state.network, masks: state.masks)
    lines = used.mapValues { path in
      zip(now[keyPath: path], whole[keyPath: path]).map { Self.left($0, $1) }
    }
  }

  /// Writes a feature for `range` (stored order) of a layer; 0 where ``NetworkState/masks`` pruned.
  func fill(
    _ name: String, layer: Int, range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    guard let feature = Feature(rawValue: name) else {
      target.update(repeating: 0)
      return
    }
    switch feature {
    case .isOn:
      state.masks[layer].kept.withUnsafeBufferPointer { kept in
        for index in 0..<range.count { target[index] = kept[range.lowerBound &+ index] ? 1 : 0 }
      }
      return
    case .signedSaliency: logarithm.write(state.saliency[layer], range, into: target)
    case .layerSaliency: layerLogarithms[layer].write(state.saliency[layer], range, into: target)
    case .saliencyMemory:
      state.memory[layer].withUnsafeBufferPointer { memory in
        for index in 0..<range.count { target[index] = 0.3 * memory[range.lowerBound &+ index] }
      }
    case .rowLeft, .outgoingLeft:
      spread(outputs: lines[feature]?[layer], grids[layer], range, into: target)
    case .columnLeft, .incomingLeft:
      spread(inputs: lines[feature]?[layer], grids[layer], range, into: target)
    }
    guard let kept = state.network.masks[layer]?.kept else { return }
    for index in 0..<range.count where !kept[range.lowerBound + index] { target[index] = 0 }
  }

  /// `1 + ⅓ ln (10⁻³ + now / whole)` per line: 1 where all weights are kept, −1.3 where none is.
  private static func left(_ now: [Float]?, _ whole: [Float]?) -> [Float]? {
    guard let now, let whole else { return nil }
    return [Float](count: now.count) {
      1 + log(1e-3 + (whole[$0] > 0 ? now[$0] / whole[$0] : 1)) / 3
    }
  }

  private func spread(
    outputs values: [Float]?, _ grid: WeightGrid, _ range: Range<Int>,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    guard let values, values.count == grid.layout.outputs else {
      target.update(repeating: 0)
      return
    }
    grid.spread(outputs: values, in: range, into: target)
  }

  private func spread(
    inputs values: [Float]?, _ grid: WeightGrid, _ range: Range<Int>,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    guard let values, grid.accepts(inputs: values) else {
      target.update(repeating: 0)
      return
    }
    grid.spread(inputs: values, in: range, into: target)
  }
}

/// Sums of squared weights along the lines of every layer and of its neighbours.
struct LineSquares: Sendable {
  let rows: [[Float]?]
  let columns: [[Float]?]
  let outgoing: [[Float]?]
  let incoming: [[Float]?]

  /// - Parameter masks: current masks per layer; empty where nothing is masked.
  init(_ network: NetworkState, masks: [Mask] = []) {
    let sums = network.layers.indices.map { layer in
      WeightGrid(network.layers[layer].layout).lineSums(
        of: network.weights[layer], kept: masks.isEmpty ? nil : masks[layer].kept
      ) { $0 * $0 }
    }
    rows = sums.map(\.outputs)
    columns = sums.map(\.inputs)
    let norms = NeighbourNorms(
      network, rowSquares: sums.map(\.outputs), columnSquares: sums.map(\.inputs))
    outgoing = norms.outgoing.map { $0?.map { $0 * $0 } }
    incoming = norms.incoming.map { $0?.map { $0 * $0 } }
  }
}
