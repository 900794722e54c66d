public import PruneCore

/// Map from each prunable layer to the layers that read its output channel by channel.
///
/// A path counts where every operator between two layers keeps channels in place: element-wise
/// arithmetic and activations (a residual addition keeps both branches in place), normalisation,
/// pooling, and flattening, where each channel becomes a run of consecutive inputs. Paths through
/// anything else (concatenation, transposition, attention) are left out, and so are layers whose
/// outputs are no channels (gates, transposed convolutions).
public struct LayerAdjacency: Hashable, Sendable {
  /// A layer that reads another one's outputs.
  public struct Reader: Hashable, Sendable {
    /// Position in the list of layers.
    public let layer: Int
    /// Output `c` of the producer is inputs `c · inputsPerOutput ..< (c + 1) · inputsPerOutput` of
    /// the reader, counted over all groups.
    public let inputsPerOutput: Int

    package init(layer: Int, inputsPerOutput: Int) {
      self.layer = layer
      self.inputsPerOutput = inputsPerOutput
    }
  }

  /// Readers of each layer; `nil` where none is known.
  public let readers: [[Reader]?]

  package init(readers: [[Reader]?]) { self.readers = readers }

  /// A map of `count` layers without a known reader.
  public init(unknownFor count: Int) { readers = [[Reader]?](repeating: nil, count: count) }

  /// Follows every layer's output through the graph.
  ///
  /// - Parameter layers: of this graph; positions in the result are those in this list.
  public init(graph: Graph, layers: [PrunableLayer]) {
    let walk = AdjacencyWalk(graph: graph, layers: layers)
    readers = layers.indices.map { index in
      let found = walk.readers(of: index)
      return found.isEmpty ? nil : found
    }
  }

  /// The layers that `layer` reads, with the number of its inputs per output of theirs.
  public func producers(of layer: Int) -> [(layer: Int, inputsPerOutput: Int)] {
    readers.enumerated().flatMap { producer, readers in
      (readers ?? []).filter { $0.layer == layer }.map { (producer, $0.inputsPerOutput) }
    }
  }
}

/// Follows outputs of layers through the operators that keep channels in place, to the layers that read them.
struct AdjacencyWalk {
  private static let channelKeeping: Set<String> = [
    "Abs", "Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Div", "Dropout", "Elu",
    "Erf", "Gelu", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "HardSwish", "Identity",
    "InstanceNormalization", "LRN", "LeakyRelu", "LogSoftmax", "Max", "MaxPool", "Mean", "Min",
    "Mish", "Mul", "PRelu", "Relu", "Selu", "Sigmoid", "Softmax", "Softplus", "Softsign", "Sub",
    "Sum", "Tanh", "ThresholdedRelu",
  ]

  private let graph: Graph
  private let layers: [PrunableLayer]
  private let layersByNode: [Int: [Int]]
  private let consumers: [String: [Int]]
  private let parameters: [String: HostTensor]

  init(graph: Graph, layers: [PrunableLayer]) {
    self.graph = graph
    self.layers = layers
    parameters = graph.parameters()
    var layersByNode: [Int: [Int]] = [:]
    for (index, layer) in layers.enumerated() {
      for node in layer.nodes { layersByNode[node, default: []].append(index) }
    }
    self.layersByNode = layersByNode
    var consumers: [String: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for input in Set(node.inputs) where !input.isEmpty {
        consumers[input, default: []].append(index)
      }
    }
    self.consumers = consumers
  }

  func readers(of layer: Int) -> [LayerAdjacency.Reader] {
    let producer = layers[layer]
    guard producer.kind == .linear || producer.kind == .convolution, producer.layout.outputs > 0
    else { return [] }
    var pending = producer.nodes.compactMap { graph.nodes[$0].outputs.first }
    var seen = Set(pending)
    var found: Set<Int> = []
    while let value = pending.popLast() {
      for index in consumers[value] ?? [] {
        let node = graph.nodes[index]
        if let reading = layersByNode[index] {
          found.formUnion(reading.filter { layers[$0].kind != .recurrentState })
        } else if keepsChannels(node), let output = node.outputs.first,
          seen.insert(output).inserted
        {
          pending.append(output)
        }
      }
    }
    return found.sorted().compactMap { index in
      let inputs = WeightGrid(layers[index].layout).inputCount
      guard inputs > 0, inputs % producer.layout.outputs == 0 else { return nil }
      return .init(layer: index, inputsPerOutput: inputs / producer.layout.outputs)
    }
  }

  private func keepsChannels(_ node: Node) -> Bool {
    guard node.domain.isEmpty || node.domain == "ai.onnx" else { return false }
    switch node.operation {
    case "Flatten": return node.int("axis") ?? 1 == 1
    case "Reshape":
      let target =
        node.inputs.count > 1 ? parameters[node.inputs[1]]?.integers : node.ints("shape")
      return target?.count == 2
    case "ReduceMean", "ReduceMax":
      let axes = node.inputs.count > 1 ? parameters[node.inputs[1]]?.integers : node.ints("axes")
      guard let axes else { return false }
      return axes.allSatisfy { $0 >= 2 || $0 == -1 || $0 == -2 } && axes.count == 2
    default: return Self.channelKeeping.contains(node.operation)
    }
  }
}
