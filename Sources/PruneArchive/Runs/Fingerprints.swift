public import PruneCore
import PruneSupport

/// Identity of the network that a run pruned: recognises its architecture and tells two trainings of it apart.
public struct NetworkFingerprint: Hashable, Sendable, Codable {
  /// Name, kind and shape of a prunable layer.
  public struct Layer: Hashable, Sendable, Codable {
    /// Unique within the network.
    public var name: String
    /// Raw value of `PrunableLayer.Kind`, such as `linear`.
    public var kind: String
    /// Shape of the weight as stored in the model.
    public var shape: [Int]

    /// Describes a layer.
    ///
    /// - Parameters:
    ///   - name: unique within the network.
    ///   - kind: raw value of `PrunableLayer.Kind`.
    ///   - shape: shape of the weight as stored in the model.
    public init(name: String, kind: String, shape: [Int]) {
      self.name = name
      self.kind = kind
      self.shape = shape
    }
  }

  /// Name of the architecture, such as `lenet5`; the graph's own name where none was given.
  public var architecture: String
  /// The prunable layers in graph order.
  public var layers: [Layer]
  /// Hash of operators and stored shapes, 64 hexadecimal digits: equal for two trainings of one architecture.
  public var structureHash: String
  /// Hash of the stored weights, 64 hexadecimal digits.
  public var weightsHash: String

  /// A fingerprint of hashes that are known already; ``init(of:architecture:)`` computes them from a graph.
  public init(architecture: String, layers: [Layer], structureHash: String, weightsHash: String) {
    self.architecture = architecture
    self.layers = layers
    self.structureHash = structureHash
    self.weightsHash = weightsHash
  }

  /// The fingerprint of a graph.
  ///
  /// - Complexity: O(*stored elements*).
  public init(of graph: Graph, architecture: String? = nil) {
    let parameters = graph.parameters()
    let names = parameters.keys.sorted()
    var structure = ContentHash()
    for node in graph.nodes { structure.add(node.operation) }
    for name in names { structure.add(parameters[name]?.shape ?? []) }
    var weights = ContentHash()
    for name in names { weights.add(parameters[name]?.floats ?? []) }
    self.init(
      architecture: architecture ?? (graph.name.isEmpty ? "unnamed" : graph.name),
      layers: graph.prunableLayers().map {
        Layer(name: $0.name, kind: $0.kind.rawValue, shape: $0.shape)
      },
      structureHash: structure.hexadecimal, weightsHash: weights.hexadecimal)
  }
}

/// Identity of the data of a run.
public struct DataFingerprint: Hashable, Sendable, Codable {
  /// Name of the file or folder, for people.
  public var name: String
  /// Hash that is equal for equal content; `DataSet.fingerprint` in this program's runs.
  public var hash: String
  /// Number of training examples.
  public var trainExamples: Int

  /// A fingerprint of its parts.
  ///
  /// - Parameters:
  ///   - name: name of the file or folder.
  ///   - hash: any text that tells data sets apart.
  ///   - trainExamples: number of training examples.
  public init(name: String, hash: String, trainExamples: Int) {
    self.name = name
    self.hash = hash
    self.trainExamples = trainExamples
  }
}
