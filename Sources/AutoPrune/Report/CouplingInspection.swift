public import PruneCore
public import PruneSurgery

/// A model's coupling groups, and what cannot be removed and why.
public struct CouplingInspection: Sendable, Codable, Hashable {
  /// Units that can be removed one by one, each with all that is coupled to it.
  public struct Group: Sendable, Codable, Hashable {
    /// Label of the first node that produces these units.
    public let name: String
    /// `channel`, `neuron`, `head` or `hiddenUnit`.
    public let kind: String
    /// Number of units.
    public let units: Int
    /// Labels of the nodes that produce them, in graph order.
    public let layers: [String]
    /// Stored elements that belong to one unit; the largest where they differ.
    public let parametersPerUnit: Int
    /// Stored tensors that shrink.
    public let parameters: [String]
  }

  /// Layers that can go together where a residual path carries on.
  public struct Branch: Sendable, Codable, Hashable {
    /// Label of the last layer.
    public let name: String
    /// Labels of all layers that go, in graph order.
    public let layers: [String]
    /// Units of ``CouplingInspection/groups`` that exist in the branch alone.
    public let units: Int
  }

  /// Outputs of a layer that stay, and what keeps them.
  public struct Obstacle: Sendable, Codable, Hashable {
    /// Label of the layer's node.
    public let layer: String
    /// Outputs of the layer that stay for this reason.
    public let blocked: Int
    /// Outputs of the layer, those that may go included.
    public let outputs: Int
    /// What needs them: label of a node, or name of an output or tensor.
    public let node: String
    /// Its operator type; otherwise what it is, such as `graph output`.
    public let operation: String
    /// What they are needed for, as a predicate such as `promises these values`.
    public let reason: String
  }

  /// In graph order.
  public let groups: [Group]
  /// In graph order; part of `--granularity layer` and `auto`.
  public let branches: [Branch]
  /// One per layer and reason.
  public let obstacles: [Obstacle]
  /// Outputs of all layers, tied ones once per layer.
  public let outputs: Int
  /// Those of ``outputs`` that no obstacle keeps.
  public let prunableOutputs: Int

  /// Runs the model once on zeros for the shapes; symbolic axes count as 1.
  /// - Throws: ``InspectionError/unknownShape(_:)`` where an input's rank or type is not known.
  public init<E: Engine>(_ graph: Graph, engine: E) throws {
    guard let inputs = graph.exampleInputs() else {
      throw InspectionError.unknownShape(graph.dataInputs.map(\.name).joined(separator: ", "))
    }
    let shapes = try engine.shapes(of: try engine.prepare(graph), on: inputs)
    self.init(graph.couplingGroups(shapes: shapes), shapes: shapes)
  }

  /// - Parameters:
  ///   - analysis: of the model's graph.
  ///   - shapes: of its values by name, as ``Engine/shapes(of:on:)`` reports them.
  public init(_ analysis: CouplingAnalysis, shapes: [String: [Int]]) {
    groups = analysis.groups.map { group in
      var names: [String] = []
      for name in group.units.flatMap(\.slices).map(\.parameter) where !names.contains(name) {
        names.append(name)
      }
      return Group(
        name: group.name, kind: group.kind.rawValue, units: group.units.count,
        layers: group.layers,
        parametersPerUnit: group.units.map { Self.elements(of: $0, shapes) }.max() ?? 0,
        parameters: names)
    }
    branches = analysis.branches.map {
      Branch(name: $0.name, layers: $0.layers, units: $0.units.count)
    }
    obstacles = analysis.obstacles.map {
      Obstacle(
        layer: $0.layer, blocked: $0.blocked, outputs: $0.outputs, node: $0.blockage.node,
        operation: $0.blockage.operation, reason: $0.blockage.reason)
    }
    outputs = analysis.outputs
    prunableOutputs = outputs - analysis.obstacles.reduce(0) { $0 + $1.blocked }
  }

  /// A slice along one axis and a slice along another share elements, which are counted once.
  private static func elements(of unit: CoupledUnit, _ shapes: [String: [Int]]) -> Int {
    var kept: [String: [Int]] = [:]
    for slice in unit.slices {
      guard let shape = shapes[slice.parameter], slice.axis < shape.count else { continue }
      kept[slice.parameter, default: shape][slice.axis] -= slice.indices.count
    }
    return kept.reduce(0) { sum, entry in
      sum + (shapes[entry.key] ?? []).reduce(1, *) - entry.value.reduce(1, *)
    }
  }
}

/// Why a model cannot be looked into.
public enum InspectionError: Error, Hashable, CustomStringConvertible {
  /// An input of the model has no known rank or type; the value names it.
  case unknownShape(String)

  public var description: String {
    switch self {
    case .unknownShape(let names):
      "the model states no rank or type for its input \(names); run onnx shape inference or export it again"
    }
  }
}
