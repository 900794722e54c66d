import PruneController
public import PruneCore
import PruneSupport
import PruneSurgery

/// A model's prunable layers with their cost.
public struct ModelInspection: Sendable, Codable, Hashable {
  /// One prunable layer.
  public struct Layer: Sendable, Codable, Hashable {
    /// Name, unique within the model; `explain --layer` takes it.
    public let name: String
    /// Raw value of ``PrunableLayer/Kind``.
    public let kind: String
    /// Shape of the stored tensor.
    public let shape: [Int]
    /// Number of weights, zeros included, biases excluded.
    public let parameters: Int
    /// Share of the model's parameters, 0 … 1.
    public let share: Double
    /// Multiply–accumulates per example; `nil` where the input shape is not known well enough to run the model.
    public let macs: Int?
    /// Share of the layer's weights that is zero, 0 … 1.
    public let sparsity: Double
  }

  /// Prunable layers in graph order.
  public let layers: [Layer]
  /// Number of elements of all stored floating-point tensors.
  public let parameters: Int
  /// Number of ``parameters`` that are not zero.
  public let nonzero: Int
  /// Multiply–accumulates per example of all nodes; `nil` where the input shape is not known well enough to run the model.
  public let macs: Int?

  /// Runs the model once on zeros for the shapes; symbolic axes count as 1.
  public init<E: InferenceEngine>(_ graph: Graph, engine: E) throws {
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

extension Graph {
  /// Inputs of zeros or of small random numbers for a batch: the first axis is the batch where it is
  /// symbolic or 1, other symbolic axes count as 1.
  ///
  /// - Parameters:
  ///   - batch: extent of the batch axis.
  ///   - seed: seed of floating-point inputs, which are in −0.5 … 0.5; zeros where `nil`. Integers, which may be indices,
  ///     are 0.
  /// - Returns: `nil` where an input's rank or type is not known.
  package func exampleInputs(batch: Int = 1, seed: UInt64? = nil) -> [HostTensor]? {
    var generator = SeededGenerator(seed: seed ?? 0)
    var inputs: [HostTensor] = []
    for input in dataInputs {
      guard let axes = input.shape, let type = input.elementType else { return nil }
      let shape = axes.enumerated().map { position, axis in
        if case .fixed(let extent) = axis, position > 0 || extent > 1 { return max(1, extent) }
        return position == 0 ? batch : 1
      }
      let count = HostTensor.elementCount(of: shape)
      let values = (0..<count).map { _ -> Float in
        seed == nil || !type.isFloatingPoint ? 0 : Float(generator.uniform() - 0.5)
      }
      guard let tensor = HostTensor(values, shape: shape).converted(to: type) else { return nil }
      inputs.append(tensor)
    }
    return inputs
  }
}
