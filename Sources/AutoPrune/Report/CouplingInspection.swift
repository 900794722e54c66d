public import PruneCore
public import PruneSurgery

/// A model's coupling groups, its prunable branches, and the obstacles that keep outputs from being pruned.
public struct CouplingInspection: Sendable, Codable, Hashable {
  /// Units that can be pruned one by one, each with all that is coupled to it.
  public struct Group: Sendable, Codable, Hashable {
    /// Label of the first node that produces these units.
    public let name: String
    /// `channel`, `neuron`, `head` or `hiddenUnit`.
    public let kind: String
    /// Number of units.
    public let units: Int
    /// Labels of the nodes that produce the units, in graph order.
    public let layers: [String]
    /// Number of stored elements of one unit; the largest where units differ.
    public let parametersPerUnit: Int
    /// Names of the stored tensors that shrink.
    public let parameters: [String]
  }

  /// Layers that can be pruned together because a residual path bypasses them.
  public struct Branch: Sendable, Codable, Hashable {
    /// Label of the last layer.
    public let name: String
    /// Labels of all layers of the branch, in graph order.
    public let layers: [String]
    /// Number of units of ``CouplingInspection/groups`` that exist in the branch alone.
    public let units: Int
  }

  /// Outputs of a layer that cannot be pruned, with the reason.
  public struct Obstacle: Sendable, Codable, Hashable {
    /// Label of the layer's node.
    public let layer: String
    /// Number of outputs of the layer that are kept for this reason.
    public let blocked: Int
    /// Number of outputs of the layer, prunable ones included.
    public let outputs: Int
    /// Reader of the outputs: label of a node, or name of a graph output or tensor.
    public let node: String
    /// Operator type of ``node``, or its role, such as `graph output`.
    public let operation: String
    /// Reason that keeps the outputs, as a predicate such as `promises these values`.
    public let reason: String
  }

  /// Coupling groups in graph order.
  public let groups: [Group]
  /// Prunable branches in graph order; used by `--granularity layer` and `auto`.
  public let branches: [Branch]
  /// Obstacles, one per layer and reason.
  public let obstacles: [Obstacle]
  /// Number of outputs of all layers, tied ones once per layer.
  public let outputs: Int
  /// Number of ``outputs`` that no obstacle keeps.
  public let prunableOutputs: Int

  /// Runs the model once on zeros for the shapes; symbolic axes count as 1.
  /// - Throws: ``InspectionError/unknownShape(_:)`` where an input's rank or type is not known.
  public init<E: InferenceEngine>(_ graph: Graph, engine: E) throws {
    guard let inputs = graph.exampleInputs() else {
      throw InspectionError.unknownShape(graph.dataInputs.map(\.name).joined(separator: ", "))
    }
    let shapes = try engine.shapes(of: try engine.prepare(graph), on: inputs)
    self.init(graph.couplingGroups(shapes: shapes), shapes: shapes)
  }

  /// - Parameters:
  ///   - analysis: coupling analysis of the model's graph.
  ///   - shapes: shapes of its values by name, as ``InferenceEngine/shapes(of:on:)`` reports them.
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

  /// Number of stored elements of a unit; elements shared by slices along two axes are counted once.
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

/// Failed inspection of a model.
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
