public import PruneCore
import PruneSupport

/// A network in the middle of a selection: the current masks, and the signed saliency of each
/// weight.
///
/// A masked weight keeps its value, so that it can be regrown; one that ``NetworkState/masks`` pruned
/// is zero and stays so.
///
/// - Source: regrown weights as in Guo et al., *Dynamic Network Surgery for Efficient
///   DNNs*, 2016, [arXiv:1608.04493](https://arxiv.org/abs/1608.04493), and, by gradient, in Evci et
///   al., *Rigging the Lottery*, 2020, [arXiv:1911.11134](https://arxiv.org/abs/1911.11134).
public struct PruningState: Sendable {
  /// Network that the selection is made from, masked weights with their values.
  public let network: NetworkState
  /// Current masks per layer.
  public private(set) var masks: [Mask]
  /// `S = −w · ∂L/∂w̃` at the masked weights `w̃`, `[layers][weights of the layer]`: to first order,
  /// the rise of the loss when a kept weight is masked, or its fall when a masked one is regrown.
  ///
  /// - Source: Molchanov et al., *Importance Estimation for Neural Network Pruning*, 2019,
  ///   [arXiv:1906.10771](https://arxiv.org/abs/1906.10771), equation 8, with its sign.
  public private(set) var saliency: [[Float]]
  /// Fading sum `e ← 0.7 e + a` of the signed logarithms `a` of the saliency so far,
  /// `[layers][weights of the layer]`.
  public private(set) var memory: [[Float]]

  /// Factor of ``memory`` at the next observation.
  public static let memoryRetention: Float = 0.7

  /// The state before the first pass: `network`'s own masks, saliency and memory 0.
  public init(_ network: NetworkState) {
    self.network = network
    masks = zip(network.layers, network.masks).map { $1 ?? Mask(keepingAll: $0.count) }
    saliency = network.layers.map { [Float](repeating: 0, count: $0.count) }
    memory = saliency
  }

  /// Replaces the masks, one per layer.
  public mutating func select(_ masks: [Mask]) {
    precondition(
      masks.map(\.kept.count) == network.layers.map(\.count), "masks of other layers")
    self.masks = masks
  }

  /// Updates saliency and memory from the gradient at the masked weights.
  ///
  /// - Parameter maskGradients: `w · ∂L/∂w̃`, `[layers][weights of the layer]`, which is the
  ///   gradient with respect to factors in front of the weights.
  public mutating func observe(maskGradients: [[Float]]) {
    precondition(
      maskGradients.map(\.count) == network.layers.map(\.count), "gradients of other layers")
    saliency = maskGradients.map { layer in layer.map { $0.isFinite ? -$0 : 0 } }
    let logarithm = SignedLogarithm(of: saliency, count: keptCount)
    for layer in memory.indices {
      for index in memory[layer].indices {
        memory[layer][index] =
          Self.memoryRetention * memory[layer][index] + logarithm(saliency[layer][index])
      }
    }
  }

  /// The masks as numbers, 1 where kept and 0 elsewhere, `[layers][weights of the layer]`.
  public var softMask: [[Float]] { masks.map { mask in mask.kept.map { $0 ? 1 : 0 } } }

  /// Number of weights that ``network`` keeps.
  var keptCount: Int {
    zip(network.layers, network.masks).reduce(0) { $0 + ($1.1?.keptCount ?? $1.0.count) }
  }
}
