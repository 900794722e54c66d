public import PruneCore

/// Which network a run pruned: enough to recognise its family and to tell two trainings of it apart.
public struct NetworkFingerprint: Hashable, Sendable, Codable {
  /// What tells one layer from another: name, kind and shape.
  public struct Layer: Hashable, Sendable, Codable {
    /// Unique within the network.
    public var name: String
    /// Raw value of `PrunableLayer.Kind`, such as `linear`.
    public var kind: String
    /// As stored in the model.
    public var shape: [Int]

    /// - Parameter shape: as stored in the model.
    public init(name: String, kind: String, shape: [Int]) {
      self.name = name
      self.kind = kind
      self.shape = shape
    }
  }

  /// Name of the family, such as `lenet5`; the graph's own name where nobody said better.
  public var architecture: String
  /// The prunable layers in graph order.
  public var layers: [Layer]
  /// 16 hexadecimal digits over operators and stored shapes: equal for two trainings of one architecture.
  public var structureHash: String
  /// 16 hexadecimal digits over the stored weights.
  public var weightsHash: String

  /// For hashes that are known already; ``init(of:architecture:)`` takes them of a graph.
  public init(architecture: String, layers: [Layer], structureHash: String, weightsHash: String) {
    self.architecture = architecture
    self.layers = layers
    self.structureHash = structureHash
    self.weightsHash = weightsHash
  }

  /// - Complexity: O(*stored elements*).
  public init(of graph: Graph, architecture: String? = nil) {
    let parameters = graph.parameters()
    let names = parameters.keys.sorted()
    var structure = StableHash()
    for node in graph.nodes { structure.combine(node.operation) }
    for name in names { structure.combine(parameters[name]?.shape ?? []) }
    var weights = StableHash()
    for name in names { weights.combine(parameters[name]?.floats ?? []) }
    self.init(
      architecture: architecture ?? (graph.name.isEmpty ? "unnamed" : graph.name),
      layers: graph.prunableLayers().map {
        Layer(name: $0.name, kind: $0.kind.rawValue, shape: $0.shape)
      },
      structureHash: structure.hexadecimal, weightsHash: weights.hexadecimal)
  }
}

/// Which data a run was done on.
public struct DataFingerprint: Hashable, Sendable, Codable {
  /// For people: name of the file or folder.
  public var name: String
  /// Equal for equal content; `DataSet.fingerprint` in this program's runs.
  public var hash: String
  /// Number of training examples.
  public var trainExamples: Int

  /// - Parameter hash: any text that tells data sets apart.
  public init(name: String, hash: String, trainExamples: Int) {
    self.name = name
    self.hash = hash
    self.trainExamples = trainExamples
  }
}
