import PruneCore

/// What all families of features share: the network, its layers' summaries, and the floors of
/// per-connection logarithms.
struct NetworkBasis: Sendable {
  /// A per-connection quantity whose logarithm several features use.
  enum Quantity: Int, CaseIterable, Sendable {
    case magnitude
    /// |E[g]|.
    case gradient
    /// E[g²].
    case gradientSquare
    /// E|g|.
    case gradientAbsolute
  }

  let state: NetworkState
  let grids: [ConnectionGrid]
  let summaries: [LayerSummary]
  /// By ``Quantity``; `nil` where no layer has a positive value.
  let floors: [LogFloor?]
  let keptCount: Int

  init(_ state: NetworkState, quantities: Set<Quantity>) {
    self.state = state
    grids = state.layers.map { ConnectionGrid($0.layout) }
    summaries = state.layers.indices.map {
      LayerSummary(layer: state.layers[$0], weights: state.weights[$0], mask: state.masks[$0])
    }
    keptCount = summaries.reduce(0) { $0 + $1.keptCount }
    let stride = max(1, state.connectionCount >> 16)
    floors = Quantity.allCases.map { quantity in
      guard quantities.contains(quantity) else { return nil }
      return LogFloor(of: Self.sample(quantity, of: state, stride: stride))
    }
  }

  /// Every `stride`-th value over kept connections.
  private static func sample(_ quantity: Quantity, of state: NetworkState, stride: Int) -> [Float] {
    var result: [Float] = []
    for layer in state.layers.indices {
      guard let (values, scale) = values(of: quantity, in: layer, of: state) else { continue }
      let kept = state.masks[layer]?.kept
      for index in Swift.stride(from: 0, to: values.count, by: stride) where kept?[index] ?? true {
        result.append((values[index] * scale).magnitude)
      }
    }
    return result
  }

  /// Unscaled values of a layer and the factor that makes means of them; `nil` where they were not
  /// collected.
  private static func values(
    of quantity: Quantity, in layer: Int, of state: NetworkState
  ) -> (values: [Float], scale: Float)? {
    let statistics = state.statistics[layer]
    let found =
      switch quantity {
      case .magnitude: (state.weights[layer], Float(1))
      case .gradient: (statistics.gradientSum, statistics.perExample)
      case .gradientSquare: (statistics.gradientSquareSum, statistics.perExample)
      case .gradientAbsolute: (statistics.gradientAbsoluteSum, statistics.perExample)
      }
    return found.0.count == state.layers[layer].count ? found : nil
  }

  /// Floored logarithms for `range` of a layer; `nil` where the layer lacks the quantity.
  func logarithms(of quantity: Quantity, in layer: Int, _ range: Range<Int>) -> [Float]? {
    guard let floor = floors[quantity.rawValue],
      let (values, scale) = Self.values(of: quantity, in: layer, of: state)
    else { return nil }
    return [Float](unsafeUninitializedCapacity: range.count) { target, initialized in
      values.withUnsafeBufferPointer { values in
        for index in 0..<range.count {
          target[index] = floor.ln((values[range.lowerBound &+ index] * scale).magnitude)
        }
      }
      initialized = range.count
    }
  }
}
