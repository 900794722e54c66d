import PruneCore
import PruneSupport

/// Draws a network of layers that make sense one after the other, from all operators but `If`, whose
/// branches are graphs of their own and which the coupling leaves alone.
///
/// The batch axis is symbolic; shapes are kept for one example.
struct RandomGraph {
  struct Value {
    var name: String
    /// Axis 0 is the batch, counted as 1.
    var shape: [Int]
    var channels: Int { shape[1] }
  }

  var random: SeededGenerator
  let opset: Int
  private(set) var graph: Graph
  private var count = 0

  /// - Parameter seed: also picks the opset.
  static func draw(seed: UInt64) -> Graph {
    var builder = RandomGraph(seed: seed)
    builder.build()
    return builder.graph
  }

  private init(seed: UInt64) {
    random = SeededGenerator(seed: seed, stream: "random graph")
    opset = [9, 11, 13, 17, 18, 21, 24][Int(seed % 7)]
    graph = Graph(
      name: "random \(seed)", model: ModelInfo(irVersion: 8, opsets: [.init(version: opset)]))
  }

  private mutating func build() {
    var value: Value
    switch pick(3) {
    case 0:
      value = input([1, [1, 3, 4][pick(3)], 8, 8])
      for _ in 0..<2 + pick(5) { value = imageStep(value) }
      value = pick(4) == 0 ? sequence(from: value) : vector(from: value)
    case 1:
      value = input([1, 4 + pick(3), 3 + pick(6)])
      value = projection(value, to: 2 * (2 + pick(5)))
    default:
      value = input([1, 4 + pick(12)])
      value = linear(value, to: 4 + pick(12))
    }
    if value.shape.count == 3 {
      for _ in 0..<1 + pick(3) { value = sequenceStep(value) }
      value = vector(fromSequence: value)
    }
    for _ in 0..<1 + pick(3) { value = vectorStep(value) }
    value = linear(value, to: 3)
    finish(value)
  }

  private mutating func finish(_ value: Value) {
    let output = node("Identity", [value], value.shape)
    graph.outputs = [
      ValueInfo(
        name: output.name, shape: [.symbolic("N")] + output.shape.dropFirst().map { .fixed($0) })
    ]
  }

  private mutating func input(_ shape: [Int]) -> Value {
    graph.inputs = [
      ValueInfo(name: "x", shape: [.symbolic("N")] + shape.dropFirst().map { .fixed($0) })
    ]
    return Value(name: "x", shape: shape)
  }

  // MARK: Parts

  mutating func pick(_ count: Int) -> Int { min(count - 1, Int(random.uniform() * Double(count))) }

  mutating func pick<Element>(_ options: [Element]) -> Element { options[pick(options.count)] }

  mutating func name(_ stem: String) -> String {
    count += 1
    return "\(stem.lowercased())\(count)"
  }

  mutating func node(
    _ operation: String, _ inputs: [Value], _ shape: [Int], _ attributes: [Attribute] = []
  ) -> Value {
    nodes(operation, inputs, [shape], attributes)[0]
  }

  mutating func nodes(
    _ operation: String, _ inputs: [Value], _ shapes: [[Int]], _ attributes: [Attribute] = []
  ) -> [Value] {
    let label = name(operation)
    let outputs = shapes.indices.map { Value(name: "\(label).\($0)", shape: shapes[$0]) }
    graph.nodes.append(
      Node(
        operation, name: label, inputs: inputs.map(\.name),
        outputs: outputs.map { $0.shape.isEmpty ? "" : $0.name }, attributes: attributes))
    return outputs
  }

  static let absent = Value(name: "", shape: [])

  /// A stored weight of that scale, as an initializer or a `Constant` node.
  mutating func weight(_ shape: [Int], scale: Double = 0.5, around center: Double = 0) -> Value {
    let values = (0..<shape.reduce(1, *)).map { _ in
      Float(center + scale * (2 * random.uniform() - 1))
    }
    let tensor = HostTensor(values, shape: shape)
    let name = name("w")
    if pick(8) == 0 {
      graph.nodes.append(
        Node(
          "Constant", name: name + ".node", inputs: [], outputs: [name],
          attributes: [Attribute("value", .tensor(Initializer(name: "", tensor: tensor)))]))
    } else {
      graph.initializers.append(Initializer(name: name, tensor: tensor))
    }
    return Value(name: name, shape: shape)
  }

  mutating func integers(_ values: [Int], isScalar: Bool = false) -> Value {
    let name = name("k")
    let tensor = HostTensor(values.map { Int64($0) }, shape: isScalar ? [] : [values.count])
    graph.initializers.append(Initializer(name: name, tensor: tensor))
    return Value(name: name, shape: tensor.shape)
  }

  mutating func add(_ initializer: Initializer) { graph.initializers.append(initializer) }

  mutating func scalar(_ value: Float) -> Value {
    let name = name("s")
    graph.initializers.append(
      Initializer(name: name, tensor: HostTensor([value], shape: [])))
    return Value(name: name, shape: [])
  }

  mutating func floats(_ values: [Float]) -> Value {
    let name = name("f")
    graph.initializers.append(
      Initializer(name: name, tensor: HostTensor(values, shape: [values.count])))
    return Value(name: name, shape: [values.count])
  }

  static func ints(_ name: String, _ values: [Int]) -> Attribute {
    Attribute(name, .ints(values.map { Int64($0) }))
  }

  static func int(_ name: String, _ value: Int) -> Attribute { Attribute(name, .int(Int64(value))) }

  /// A node whose axes are an attribute before `opset`, an input since.
  mutating func nodeWithAxes(
    _ operation: String, _ value: Value, _ axes: [Int], _ shape: [Int], since inputOpset: Int,
    _ attributes: [Attribute] = []
  ) -> Value {
    if opset < inputOpset {
      return node(operation, [value], shape, attributes + [Self.ints("axes", axes)])
    }
    return node(operation, [value, integers(axes)], shape, attributes)
  }
}
