public import PruneCore

/// Change of a layer's weights and bias that compensates for pruned weights.
public struct LayerCorrection: Hashable, Sendable {
  /// Changes of the weights, `[weights]` in stored order; zero where pruned.
  public var weights: [Float]
  /// Changes of the outputs' bias, `[outputs]` of the layout; empty where the bias is not fitted.
  public var bias: [Float]

  package init(weights: [Float], bias: [Float] = []) {
    self.weights = weights
    self.bias = bias
  }

  /// This correction, multiplied by `step`.
  public func scaled(by step: Float) -> LayerCorrection {
    LayerCorrection(weights: weights.map { $0 * step }, bias: bias.map { $0 * step })
  }

  /// `true` where the correction changes nothing.
  public var isZero: Bool { weights.allSatisfy { $0 == 0 } && bias.allSatisfy { $0 == 0 } }

  /// The layer's tensors with the correction added, by name.
  /// - Parameters:
  ///   - slot: storage of the bias; its change is dropped where `nil`.
  ///   - parameters: current values by name.
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

/// Storage of the values that shift the mean of a layer's product: its bias, or the running mean of the batch
/// normalization that follows.
public struct BiasSlot: Hashable, Sendable {
  /// Value name of the stored tensor, which may hold more than this layer's bias.
  public let parameter: String
  /// Change of the stored value for a shift of the product by 1.
  public let factor: Float
  /// `true` where the value is a running mean, which no gradient reaches.
  public let isStatistic: Bool
  private let stride: Int
  private let outputsPerStride: Int
  private let offset: Int

  /// - Returns: `nil` where the layer has no such value, or shares it with another reader.
  public init?(of layer: PrunableLayer, in graph: Graph) {
    guard layer.nodes.count == 1, let position = layer.nodes.first,
      graph.nodes.indices.contains(position)
    else { return nil }
    let node = graph.nodes[position]
    let outputs = layer.layout.outputs
    func stored(_ name: String?, count: Int = outputs) -> String? {
      guard let name, let tensor = graph.parameter(named: name),
        tensor.elementType.isFloatingPoint, tensor.count == count,
        tensor.shape.last == count || layer.kind == .recurrentInput
          || layer.kind == .recurrentState,
        graph.nodes.reduce(0, { $0 + $1.inputs.count { $0 == name } }) == 1
      else { return nil }
      return name
    }
    func input(_ index: Int) -> String? { index < node.inputs.count ? node.inputs[index] : nil }
    let follower = Self.soleReader(of: node.outputs.first, in: graph)
    switch node.operation {
    case "Gemm":
      let beta = node.float("beta") ?? 1
      guard beta != 0, let name = stored(input(2)) else { return nil }
      self.init(name, factor: (node.float("alpha") ?? 1) / beta)
    case "Conv":
      if let name = stored(input(2)) {
        self.init(name)
      } else if input(2)?.isEmpty ?? true, let follower, follower.operation == "BatchNormalization",
        follower.inputs.count > 3, let name = stored(follower.inputs[3])
      {
        self.init(name, factor: -1, isStatistic: true)
      } else {
        return nil
      }
    case "MatMul":
      guard let follower, follower.operation == "Add",
        let name = follower.inputs.lazy.compactMap({ stored($0) }).first
      else { return nil }
      self.init(name)
    case "LSTM", "GRU", "RNN":
      guard let name = stored(input(3), count: 2 * outputs) else { return nil }
      let each = outputs / max(layer.shape.first ?? 1, 1)
      self.init(
        name, stride: 2 * each, outputsPerStride: each,
        offset: layer.kind == .recurrentState ? each : 0)
    default: return nil
    }
  }

  private init(
    _ parameter: String, factor: Float = 1, isStatistic: Bool = false, stride: Int = 0,
    outputsPerStride: Int = .max, offset: Int = 0
  ) {
    self.parameter = parameter
    self.factor = factor
    self.isStatistic = isStatistic
    self.stride = stride
    self.outputsPerStride = outputsPerStride
    self.offset = offset
  }

  /// Flat position of an output's value in ``parameter``.
  public func element(ofOutput output: Int) -> Int {
    let (part, position) = output.quotientAndRemainder(dividingBy: outputsPerStride)
    return part * stride + position + offset
  }

  private static func soleReader(of value: String?, in graph: Graph) -> Node? {
    guard let value, !graph.outputs.contains(where: { $0.name == value }) else { return nil }
    let readers = graph.nodes.filter { $0.inputs.contains(value) }
    return readers.count == 1 ? readers[0] : nil
  }
}
