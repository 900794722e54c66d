import PruneController
public import PruneCore
import PruneSurgery

/// A model's prunable layers and what they cost.
public struct ModelInspection: Sendable, Codable, Hashable {
  /// One prunable layer.
  public struct Layer: Sendable, Codable, Hashable {
    /// Unique within the model; what `explain` asks for.
    public let name: String
    /// Raw value of ``PrunableLayer/Kind``.
    public let kind: String
    /// As stored.
    public let shape: [Int]
    /// Connections, zeros included; biases are not counted.
    public let parameters: Int
    /// Of all parameters of the model.
    public let share: Double
    /// Per example; `nil` where the input shape is not known well enough to run the model.
    public let macs: Int?
    /// Share of the layer's weights that is zero, 0 … 1.
    public let sparsity: Double
  }

  /// In graph order.
  public let layers: [Layer]
  /// Elements of all stored floating-point tensors.
  public let parameters: Int
  /// Those of ``parameters`` that are not zero.
  public let nonzero: Int
  /// Per example, of all nodes; `nil` where the input shape is not known well enough to run the model.
  public let macs: Int?

  /// Runs the model once on zeros for the shapes; symbolic axes count as 1.
  public init<E: Engine>(_ graph: Graph, engine: E) throws {
    let stored = graph.parameters()
    let floats = stored.values.filter(\.elementType.isFloatingPoint)
    let total = floats.reduce(0) { $0 + $1.count }
    let program = try engine.prepare(graph)
    let macs = try graph.exampleInputs().map { inputs in
      MACCounter(graph).macs(shapes: try engine.shapes(of: program, on: inputs))
    }
    layers = graph.prunableLayers().map { layer in
      let weights = stored[layer.parameter]?.floats ?? []
      let zeros = weights.count { $0 == 0 }
      return Layer(
        name: layer.name, kind: layer.kind.rawValue, shape: layer.shape, parameters: layer.count,
        share: total == 0 ? 0 : Double(layer.count) / Double(total),
        macs: macs.map { found in layer.nodes.reduce(0) { $0 + (found[$1] ?? 0) } },
        sparsity: layer.count == 0 ? 0 : Double(zeros) / Double(layer.count))
    }
    parameters = total
    nonzero = floats.reduce(0) { sum, tensor in sum + (tensor.floats?.count { $0 != 0 } ?? 0) }
    self.macs = macs.map { $0.values.reduce(0, +) }
  }
}
