import PruneCore
import PruneSupport
import TorchBackend

@testable import PruneSurgery

/// Writes the small graphs of the rule tests.
struct SmallGraph {
  private(set) var graph: Graph
  private var random = SeededGenerator(seed: 7)

  init(input: [Int] = [1, 3, 6, 6], opset: Int = 17) {
    graph = Graph(
      inputs: [ValueInfo(name: "x", shape: input.map { .fixed($0) })],
      outputs: [ValueInfo(name: "y")], model: ModelInfo(opsets: [.init(version: opset)]))
  }

  mutating func weight(_ name: String, _ shape: [Int]) {
    let count = HostTensor.elementCount(of: shape)
    let values = (0..<count).map { _ in Float(random.uniform() + 0.5) }
    graph.initializers.append(Initializer(name: name, tensor: HostTensor(values, shape: shape)))
  }

  mutating func integers(_ name: String, _ values: [Int]) {
    graph.initializers.append(
      Initializer(
        name: name, tensor: HostTensor(values.map { Int64($0) }, shape: [values.count])))
  }

  mutating func node(
    _ operation: String, _ inputs: String, _ outputs: String, _ attributes: [Attribute] = []
  ) {
    func names(_ list: String) -> [String] {
      list.split(separator: " ").map { $0 == "-" ? "" : String($0) }
    }
    let results = names(outputs)
    graph.nodes.append(
      Node(
        operation, name: results[0], inputs: names(inputs), outputs: results,
        attributes: attributes))
  }

  /// Appends a `MatMul` that reads the value's last axis, so that its channels are summed over.
  mutating func read(_ value: String, _ channels: Int) {
    weight("reader", [channels, 2])
    node("MatMul", "\(value) reader", "y")
  }

  mutating func convolution(
    _ input: String, _ output: String, _ inputs: Int, _ outputs: Int, groups: Int = 1
  ) {
    weight(output + ".w", [outputs, inputs / groups, 1, 1])
    weight(output + ".b", [outputs])
    node(
      "Conv", "\(input) \(output).w \(output).b", output,
      [Attribute("group", .int(Int64(groups)))])
  }

  func analysis() throws -> CouplingAnalysis {
    let engine = try TorchEngine(threads: 1)
    let shape = (graph.inputs[0].shape ?? []).map { dimension in
      if case .fixed(let extent) = dimension { extent } else { 1 }
    }
    let shapes = try engine.shapes(
      of: try engine.prepare(graph), on: [HostTensor.zeros(shape)])
    return graph.couplingGroups(shapes: shapes)
  }
}

extension CouplingAnalysis {
  func group(_ name: String) -> CouplingGroup? { groups.first { $0.name == name } }

  /// Positions per tensor and axis of each unit of a group: `"w 0"` → `[[0], [1], …]`.
  func slices(of name: String, _ parameter: String, _ axis: Int) -> [[Int]] {
    (group(name)?.units ?? []).map { unit in
      unit.slices.filter { $0.parameter == parameter && $0.axis == axis }.flatMap(\.indices)
    }
  }

  func reason(_ layer: String) -> String? {
    obstacles.first { $0.layer == layer }.map { "\($0.blockage)" }
  }
}

func ints(_ name: String, _ values: Int64...) -> Attribute { Attribute(name, .ints(values)) }
func int(_ name: String, _ value: Int64) -> Attribute { Attribute(name, .int(value)) }
