import ONNXFormat
public import PruneArchive
public import PruneCore
public import PruneData

/// An archived dense network with labelled examples: what a predictor is fitted to.
public struct LearnableNetwork: Sendable {
  /// For messages.
  public let name: String
  /// Architecture × data set; scores are always taken on groups left out of the fit.
  public let group: String
  /// The dense network.
  public let graph: Graph
  /// For statistics and for the loss that is minimised.
  public let fit: ExampleSet
  /// For held-out scores alone.
  public let held: ExampleSet

  /// - Parameters:
  ///   - name: for messages.
  ///   - group: architecture and data set.
  ///   - graph: the dense network.
  ///   - inputs: `[N, …]`, every second example for the fit, the others for scores.
  ///   - labels: `[N]`.
  /// - Throws: ``DataError`` where the examples do not fit the graph.
  public init(
    name: String, group: String, graph: Graph, inputs: HostTensor, labels: [Int]
  ) throws {
    self.name = name
    self.group = group
    self.graph = graph
    let examples = try ExampleSet(inputs: [inputs], targets: .labels(labels), named: name)
      .fitted(to: graph)
    fit = examples.subset(Array(stride(from: 0, to: examples.count, by: 2)))
    held = examples.subset(Array(stride(from: 1, to: examples.count, by: 2)))
  }

  /// - Returns: `nil` for a run that kept no network, such as one of a large network.
  /// - Throws: ``ArchiveError``, ``ONNXError``, ``DataError`` for damaged material.
  public init?(run: RunSummary, in archive: RunArchive) throws {
    guard let model = try archive.material(.network, of: run.id),
      let sample = try archive.material(.calibration, of: run.id)
    else { return nil }
    let label = "run \(run.id)"
    let arrays = try NPZFile(bytes: sample, name: label)
    guard let inputs = arrays["x"], let labels = arrays["y"]?.integers,
      labels.count == inputs.shape.first, labels.count >= 20
    else { return nil }
    try self.init(
      name: label, group: "\(run.record.network.architecture) on \(run.record.data.name)",
      graph: try ONNXReader().read(model, named: label), inputs: inputs, labels: labels)
  }

  /// The distinct networks of some archives: runs of equal weights count once.
  public static func all(in archives: [RunArchive]) throws -> [LearnableNetwork] {
    var seen: Set<String> = []
    var networks: [LearnableNetwork] = []
    for archive in archives {
      for run in try archive.runs() where !seen.contains(run.record.network.weightsHash) {
        guard let network = try LearnableNetwork(run: run, in: archive) else { continue }
        seen.insert(run.record.network.weightsHash)
        networks.append(network)
      }
    }
    return networks
  }
}
