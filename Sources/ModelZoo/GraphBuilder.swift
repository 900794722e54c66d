internal import PruneCore
import PruneSupport

/// Builder that appends nodes and weights to a graph; every method returns the name of the value it
/// makes.
struct GraphBuilder {
  private(set) var graph: Graph
  private let seed: UInt64
  private var valueCount = 0

  static let inputName = "input"
  static let outputName = "logits"
  private static let largestTensor = 1 << 28

  init(name: String, seed: UInt64) {
    graph = Graph(name: name, model: ModelInfo(producerName: "AutoPrune"))
    self.seed = seed
  }

  /// Declares the input.
  /// - Parameter shape: shape of one example.
  mutating func input(
    _ shape: [ValueInfo.Dimension], type: ElementType = .float32
  ) -> String {
    graph.inputs = [
      ValueInfo(name: Self.inputName, elementType: type, shape: [.symbolic("N")] + shape)
    ]
    return Self.inputName
  }

  /// Makes `value` the output, under the name ``outputName``.
  mutating func output(_ value: String, _ shape: [ValueInfo.Dimension]) {
    for index in graph.nodes.indices where graph.nodes[index].outputs == [value] {
      graph.nodes[index].outputs = [Self.outputName]
    }
    graph.outputs = [ValueInfo(name: Self.outputName, shape: [.symbolic("N")] + shape)]
  }

  mutating func node(
    _ operation: String, _ inputs: [String], name: String? = nil, _ attributes: [Attribute] = []
  ) -> String {
    multipleOutputs(operation, inputs, name: name, attributes, outputs: [0]).last ?? ""
  }

  /// Appends a node with several outputs.
  /// - Parameter outputs: positions of the outputs in use; the others are omitted.
  mutating func multipleOutputs(
    _ operation: String, _ inputs: [String], name: String? = nil, _ attributes: [Attribute] = [],
    outputs: [Int]
  ) -> [String] {
    valueCount += 1
    let label = name ?? "\(operation.lowercased())\(valueCount)"
    let highest = outputs.max() ?? 0
    let names = (0...highest).map { position in
      guard outputs.contains(position) else { return "" }
      return highest == 0 ? "\(label).out" : "\(label).out\(position)"
    }
    graph.nodes.append(
      Node(operation, name: label, inputs: inputs, outputs: names, attributes: attributes))
    return names.filter { !$0.isEmpty }
  }

  /// Stores a tensor drawn from its own random stream, so that it does not depend on other layers.
  mutating func weight(
    _ name: String, _ shape: [Int], _ initialization: Initialization
  ) throws(ArchitectureError) -> String {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= Self.largestTensor else {
        throw .tooLarge(
          parameter: name, elements: overflow ? Int.max : product, limit: Self.largestTensor)
      }
      count = product
    }
    var generator = SeededGenerator(seed: seed, stream: name)
    let values = initialization.values(count: count, using: &generator)
    return constant(name, HostTensor(values, shape: shape))
  }

  mutating func integers(_ name: String, _ values: [Int]) -> String {
    constant(name, HostTensor(values.map { Int64($0) }, shape: [values.count]))
  }

  mutating func constant(_ name: String, _ tensor: HostTensor) -> String {
    if !graph.initializers.contains(where: { $0.name == name }) {
      graph.initializers.append(Initializer(name: name, tensor: tensor))
    }
    return name
  }
}
