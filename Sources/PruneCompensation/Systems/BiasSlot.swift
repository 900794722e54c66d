public import PruneCore

/// The stored values that shift the mean of a layer's product: its bias, or the running mean of the batch normalization
/// that follows.
public struct BiasSlot: Hashable, Sendable {
  /// Value name of the stored tensor, which may hold more than this layer's bias.
  public let parameter: String
  /// What a shift of the product by 1 adds to the stored value.
  public let factor: Float
  /// Whether it is a running mean, which no gradient reaches.
  public let isStatistic: Bool
  private let stride: Int
  private let outputsPerStride: Int
  private let offset: Int

  /// - Returns: `nil` where the layer has none of its own, alone and by itself.
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

  /// Flat position of an output's value in the stored tensor.
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
