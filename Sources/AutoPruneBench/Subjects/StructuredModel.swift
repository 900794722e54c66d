import AutoPrune
import Foundation
import PruneSupport
import TorchBackend

/// A model to be pruned structurally, with its coupling groups.
struct StructuredModel {
  let name: String
  let graph: Graph
  let shapes: [String: [Int]]
  let analysis: CouplingAnalysis

  init(_ name: String, _ graph: Graph, engine: TorchEngine) throws {
    self.name = name
    let program = try engine.prepare(graph)
    shapes = try engine.shapes(of: program, on: Self.example(of: graph))
    self.graph = graph
    analysis = graph.couplingGroups(shapes: shapes)
  }

  /// Zeros for one example; symbolic axes have a few positions, so that none is taken for an axis of extent 1.
  private static func example(of graph: Graph) throws -> [HostTensor] {
    try graph.dataInputs.map { info in
      let shape = (info.shape ?? []).enumerated().map { axis, dimension in
        if case .fixed(let extent) = dimension { extent } else { axis == 0 ? 1 : 4 }
      }
      guard let zeros = HostTensor.zeros(shape).converted(to: info.elementType ?? .float32) else {
        throw DataAbsent(path: info.name)
      }
      return zeros
    }
  }

  /// MACs of one example.
  var macs: Int { MACCounter(graph).macs(shapes: shapes).values.reduce(0, +) }

  // MARK: All models

  /// Visits the published graphs of the data folder, with random weights in place of constant fills, and every
  /// architecture of `autoprune new`.
  static func all(
    _ setting: BenchSetting, engine: TorchEngine, visit: (StructuredModel) throws -> Void
  ) throws {
    let folder = try setting.require("onnx")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".onnx") }.sorted()
    for file in setting.isSmoke ? ["mnist_onnxzoo_opset8.onnx"] : files {
      let graph = try ONNXReader().read(folder.appendingPathComponent(file)).withDrawnFills()
      try visit(StructuredModel(String(file.dropLast(5)), graph, engine: engine))
    }
    let extra: [(String, Architecture, ArchitectureOptions)] = [
      ("mlp:64-32-10", .mlp([64, 32, 10]), ArchitectureOptions(inputShape: [64])),
      ("cnn:16-32-64", .cnn([16, 32, 64]), ArchitectureOptions()),
      ("lstm, 2 layers", .lstm, ArchitectureOptions(depth: 2)),
      ("transformer-small, characters", .transformerSmall, ArchitectureOptions(vocabulary: 65)),
    ]
    let named = Architecture.named.map { ($0.name, $0, ArchitectureOptions()) }
    for (name, architecture, options) in setting.isSmoke ? [named[3]] : named + extra {
      let graph = try architecture.graph(options: options, seed: 1)
      try visit(StructuredModel(name, graph, engine: engine))
    }
  }
}

extension Graph {
  /// The graph with random weights in place of tensors that a `ConstantOfShape` node fills: published light models hold
  /// shapes only, and equal weights would hide a channel that is cut in the wrong place.
  func withDrawnFills() throws -> Graph {
    let stored = parameters()
    var drawn: [String: HostTensor] = [:]
    let roles = weightRoles
    for node in nodes where node.operation == "ConstantOfShape" {
      guard let name = node.outputs.first, let tensor = stored[name],
        tensor.elementType == .float32
      else { continue }
      var random = SeededGenerator(seed: 1, stream: name)
      let range = (roles[name] ?? .scale).range(shape: tensor.shape)
      let values = (0..<tensor.count).map { _ in
        range.lowerBound + (range.upperBound - range.lowerBound) * Float(random.uniform())
      }
      drawn[name] = HostTensor(values, shape: tensor.shape)
    }
    var result = self
    try result.setParameters(drawn)
    return result
  }

  private enum WeightRole {
    case weight
    case shift
    case scale

    /// Range of the drawn values: He et al.'s rule for weights, scales around one.
    func range(shape: [Int]) -> ClosedRange<Float> {
      switch self {
      case .weight:
        let inputs = max(1, shape.dropFirst().reduce(1, *))
        let bound = (6 / Float(inputs)).squareRoot()
        return -bound...bound
      case .shift: return -0.1...0.1
      case .scale: return 0.5...1.5
      }
    }
  }

  private var weightRoles: [String: WeightRole] {
    let roles: [String: [WeightRole?]] = [
      "Conv": [nil, .weight, .shift], "Gemm": [nil, .weight, .shift],
      "MatMul": [nil, .weight], "BatchNormalization": [nil, .scale, .shift, .shift, .scale],
    ]
    var result: [String: WeightRole] = [:]
    for node in nodes {
      for (name, role) in zip(node.inputs, roles[node.operation] ?? []) { result[name] = role }
    }
    return result
  }
}
