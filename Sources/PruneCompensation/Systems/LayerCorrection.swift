public import PruneCore

/// What is added to a layer's weights and bias to make up for removed connections.
public struct LayerCorrection: Hashable, Sendable {
  /// `[connections]` in stored order; zero where removed.
  public var weights: [Float]
  /// `[outputs]` of the layout; empty where the bias is not fitted.
  public var bias: [Float]

  package init(weights: [Float], bias: [Float] = []) {
    self.weights = weights
    self.bias = bias
  }

  /// A correction of `step` times the size.
  public func scaled(by step: Float) -> LayerCorrection {
    LayerCorrection(weights: weights.map { $0 * step }, bias: bias.map { $0 * step })
  }

  /// Whether adding it changes nothing.
  public var isZero: Bool { weights.allSatisfy { $0 == 0 } && bias.allSatisfy { $0 == 0 } }

  /// The layer's tensors with the correction added.
  /// - Parameters:
  ///   - parameters: current values by name.
  ///   - slot: where the bias goes; without one it is left out.
  public func applied(
    to layer: PrunableLayer, bias slot: BiasSlot?, parameters: [String: HostTensor]
  ) -> [String: HostTensor] {
    var result: [String: HostTensor] = [:]
    if let tensor = parameters[layer.parameter], var values = tensor.floats,
      values.count == weights.count
    {
      for index in values.indices { values[index] += weights[index] }
      result[layer.parameter] = HostTensor(values, shape: tensor.shape)
    }
    if let slot, let tensor = parameters[slot.parameter], var values = tensor.floats {
      for (output, shift) in bias.enumerated() {
        let element = slot.element(ofOutput: output)
        if values.indices.contains(element) { values[element] += slot.factor * shift }
      }
      result[slot.parameter] = HostTensor(values, shape: tensor.shape)
    }
    return result
  }
}
