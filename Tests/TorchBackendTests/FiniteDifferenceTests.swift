import ONNXFormat
import PruneCore
import PruneSupport
import Testing

@testable import TorchBackend

/// Compares gradients with central differences, in double precision.
@Suite(
  "gradients",
  .enabled(if: !GoldenFolder.models.isEmpty, "run Golden/make_models.py .build-golden first"),
  .serialized)
struct FiniteDifferenceTests {
  @Test(
    "agree with central differences",
    arguments: GoldenFolder.present(["built", "network", "torch"]))
  func gradients(_ origin: String) throws {
    let engine = try TorchEngine(threads: 1, precision: .float64)
    var checked = 0
    for model in GoldenFolder.models(of: origin) where model.gradient {
      do {
        var probe = GradientProbe(
          try ONNXReader().read(model.url), inputs: try model.tensors(model.inputs),
          outputs: try model.tensors(model.outputs))
        guard !probe.parameters.isEmpty else { continue }
        for (name, difference) in try probe.differences(on: engine) {
          #expect(
            difference.relative < 1e-5,
            "\(model.name), \(name): gradient \(difference.analytic), difference \(difference.numeric)"
          )
          checked += 1
        }
      } catch {
        Issue.record("\(model.name): \(error)")
      }
    }
    #expect(checked > 0)
  }
}

/// A graph whose inputs have become parameters and whose outputs are joined into one vector.
struct GradientProbe {
  struct Difference {
    var analytic: Double
    var numeric: Double
    var scale: Double
    var relative: Double { (analytic - numeric).magnitude / max(scale, 1e-3) }
  }

  private var graph: Graph
  private(set) var parameters: [String]
  private var count = 0
  private var generator = SeededGenerator(seed: 7)

  /// Inputs that are weights, by operator.
  private static let weights: [String: [Int]] = [
    "Conv": [1, 2], "ConvTranspose": [1, 2], "Gemm": [1, 2], "MatMul": [1], "LSTM": [1, 2, 3],
    "GRU": [1, 2, 3], "RNN": [1, 2, 3], "BatchNormalization": [1, 2],
    "LayerNormalization": [1, 2], "InstanceNormalization": [1, 2], "GroupNormalization": [1, 2],
    "RMSNormalization": [1], "PRelu": [1], "Einsum": [1],
  ]

  /// Inputs that are none, but have a gradient.
  private static let states: [String: [Int]] = [
    "LSTM": [5, 6], "GRU": [5], "RNN": [5], "ScatterND": [2], "ScatterElements": [2],
  ]

  init(_ graph: Graph, inputs: [HostTensor], outputs: [HostTensor]) {
    self.graph = graph
    parameters = []
    for (value, tensor) in zip(graph.dataInputs, inputs) {
      self.graph.initializers.append(Initializer(name: value.name, tensor: tensor))
      if tensor.elementType.isFloatingPoint { moveAside(value.name) }
    }
    let stored = Dictionary(
      graph.initializers.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    for node in graph.nodes {
      func names(_ table: [String: [Int]]) -> [String] {
        (table[node.operation] ?? []).filter { $0 < node.inputs.count }.map { node.inputs[$0] }
          .filter { stored[$0]?.elementType.isFloatingPoint ?? false }
      }
      for name in names(Self.weights) where !parameters.contains(name) { parameters.append(name) }
      for name in names(Self.states) where !parameters.contains(name + "_offset") {
        moveAside(name)
      }
    }
    let kept = Set(self.graph.initializers.map(\.name))
    self.graph.inputs = graph.inputs.filter { kept.contains($0.name) }
    self.graph.inputs.append(
      ValueInfo(name: "unused_examples", shape: [.symbolic("N"), .fixed(1)]))
    count = Self.joinOutputs(of: &self.graph, outputs)
  }

  /// Replaces a stored value by a sum that the engine takes for a trainable offset.
  private mutating func moveAside(_ name: String) {
    guard let index = graph.initializers.firstIndex(where: { $0.name == name }) else { return }
    graph.initializers[index].name = name + "_offset"
    if !graph.initializers.contains(where: { $0.name == "probe_zero" }) {
      graph.initializers.append(
        Initializer(name: "probe_zero", tensor: HostTensor([Float(0)], shape: [])))
    }
    graph.nodes.insert(
      Node("Add", inputs: [name + "_offset", "probe_zero"], outputs: [name]), at: 0)
    parameters.append(name + "_offset")
  }

  /// Appends nodes that lay all real outputs end to end; returns their number of elements.
  private static func joinOutputs(of graph: inout Graph, _ outputs: [HostTensor]) -> Int {
    graph.initializers.append(
      Initializer(name: "flat_shape", tensor: HostTensor([Int64(-1)], shape: [1])))
    var parts: [String] = []
    var count = 0
    for (value, tensor) in zip(graph.outputs, outputs) where tensor.elementType.isFloatingPoint {
      let name = "flat_\(parts.count)"
      graph.nodes.append(Node("Reshape", inputs: [value.name, "flat_shape"], outputs: [name]))
      parts.append(name)
      count += tensor.count
    }
    graph.nodes.append(
      Node(
        "Concat", inputs: parts, outputs: ["all_outputs"], attributes: [Attribute("axis", .int(0))])
    )
    graph.outputs = [ValueInfo(name: "all_outputs", shape: [.fixed(count)])]
    return count
  }

  /// Slopes along one random direction per parameter.
  mutating func differences(on engine: TorchEngine) throws -> [(String, Difference)] {
    let program = try engine.prepare(graph)
    let targets = HostTensor(shape: [count], storage: .float32(randomValues(count)))
    let batch = Batch(inputs: [HostTensor.zeros([1, 1])], targets: .values(targets))
    let gradients = try engine.gradients(
      of: program, on: batch, objective: .meanSquaredError, for: parameters
    ).gradients
    let stored = graph.parameters()
    var result: [(String, Difference)] = []
    for name in parameters {
      guard let gradient = gradients[name]?.doubles, let start = stored[name]?.doubles,
        let shape = stored[name]?.shape
      else { continue }
      let direction = randomValues(start.count).map { Double($0) }
      func loss(at distance: Double) throws -> Double {
        let moved = zip(start, direction).map { $0 + distance * $1 }
        try engine.setParameters(
          [name: HostTensor(shape: shape, storage: .float64(moved))], of: program)
        return try engine.gradients(
          of: program, on: batch, objective: .meanSquaredError, for: []
        ).loss
      }
      let step = 1e-5
      let numeric = (try loss(at: step) - (try loss(at: -step))) / (2 * step)
      _ = try loss(at: 0)
      let analytic = zip(gradient, direction).map { $0 * $1 }.reduce(0, +)
      let scale = zip(gradient, direction).map { ($0 * $1).magnitude }.reduce(0, +)
      result.append((name, Difference(analytic: analytic, numeric: numeric, scale: scale)))
    }
    return result
  }

  private mutating func randomValues(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
  }
}

extension HostTensor {
  fileprivate var doubles: [Double]? {
    if case .float64(let values) = storage { values } else { floats?.map { Double($0) } }
  }
}
