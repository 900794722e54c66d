import Foundation
public import PruneCore

/// A network in the middle of a selection: which connections are on, and what the loss says about
/// each.
///
/// A connection that is off keeps its weight, so that it can be switched on again; one that
/// ``NetworkState/masks`` removed has no weight left and stays off.
///
/// - Source: connections that come back as in Guo et al., *Dynamic Network Surgery for Efficient
///   DNNs*, 2016, [arXiv:1608.04493](https://arxiv.org/abs/1608.04493), and, by gradient, in Evci et
///   al., *Rigging the Lottery*, 2020, [arXiv:1911.11134](https://arxiv.org/abs/1911.11134).
public struct PruningState: Sendable {
  /// What the selection is made from, every connection with its own weight.
  public let network: NetworkState
  /// Per layer, `true` = on.
  public private(set) var masks: [Mask]
  /// `S = −w · ∂L/∂w̃` at the weights `w̃` that are on, `[layers][connections]`: to first order what
  /// the loss rises by when the connection is switched off, or falls by when it is switched on.
  ///
  /// - Source: Molchanov et al., *Importance Estimation for Neural Network Pruning*, 2019,
  ///   [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), equation 8, with its sign.
  public private(set) var saliency: [[Float]]
  /// Fading sum `e ← 0.7 e + a` of the signed logarithms `a` of the saliency so far,
  /// `[layers][connections]`.
  public private(set) var memory: [[Float]]

  /// Share of ``memory`` that the next observation leaves.
  public static let memoryRetention: Float = 0.7

  /// Everything that `network` has left is on; nothing was observed.
  public init(_ network: NetworkState) {
    self.network = network
    masks = zip(network.layers, network.masks).map { $1 ?? Mask(keepingAll: $0.count) }
    saliency = network.layers.map { [Float](repeating: 0, count: $0.count) }
    memory = saliency
  }

  /// Switches connections on and off.
  public mutating func select(_ masks: [Mask]) {
    precondition(
      masks.map(\.kept.count) == network.layers.map(\.count), "masks of other layers")
    self.masks = masks
  }

  /// Takes in the gradient at the weights that are on.
  ///
  /// - Parameter degreeGradients: `w · ∂L/∂w̃`, `[layers][connections]`, which is the gradient with
  ///   respect to factors in front of the weights.
  public mutating func observe(degreeGradients: [[Float]]) {
    precondition(
      degreeGradients.map(\.count) == network.layers.map(\.count), "gradients of other layers")
    saliency = degreeGradients.map { layer in layer.map { $0.isFinite ? -$0 : 0 } }
    let logarithm = SignedLogarithm(of: saliency, count: connectionsLeft)
    for layer in memory.indices {
      for index in memory[layer].indices {
        memory[layer][index] =
          Self.memoryRetention * memory[layer][index] + logarithm(saliency[layer][index])
      }
    }
  }

  /// 1 where on, 0 elsewhere, `[layers][connections]`.
  public var degrees: [[Float]] { masks.map { mask in mask.kept.map { $0 ? 1 : 0 } } }

  /// Connections that ``network`` has left.
  var connectionsLeft: Int {
    zip(network.layers, network.masks).reduce(0) { $0 + ($1.1?.keptCount ?? $1.0.count) }
  }
}

/// `sign(v) · ln(1 + |v| / c)`, `c` half the mean magnitude: nearly linear around 0, logarithmic far
/// from it.
struct SignedLogarithm {
  private let inverse: Float

  /// 0 everywhere.
  static let nothing = SignedLogarithm(inverse: 0)

  private init(inverse: Float) { self.inverse = inverse }

  /// - Parameter count: connections that the mean is taken over.
  init(of values: [[Float]], count: Int) {
    let sum = values.reduce(0.0) { sum, layer in
      sum
        + ParallelChunks(count: layer.count, length: 1 << 18).map { range in
          layer[range].reduce(0.0) { $0 + Double($1.magnitude) }
        }.reduce(0, +)
    }
    let half = 0.5 * sum / Double(max(count, 1))
    inverse = half > 1e-30 ? Float(1 / half) : 0
  }

  @inline(__always) func callAsFunction(_ value: Float) -> Float {
    let magnitude = FastLogarithm.ln(1 + value.magnitude * inverse)
    return value < 0 ? -magnitude : magnitude
  }

  func write(
    _ values: [Float], _ range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      for index in 0..<range.count { target[index] = self(values[range.lowerBound &+ index]) }
    }
  }
}
