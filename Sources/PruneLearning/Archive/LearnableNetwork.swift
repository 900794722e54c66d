import ONNXFormat
public import PruneArchive
public import PruneCore
public import PruneData
import PruneSupport

/// An archived dense network with labelled examples, to fit a predictor to.
public struct LearnableNetwork: Sendable {
  /// Name for messages.
  public let name: String
  /// Group, architecture × data set; scores are always taken on held-out groups.
  public let group: String
  /// The dense network.
  public let graph: Graph
  /// Examples for statistics and for the loss that is minimised.
  public let fit: ExampleSet
  /// Examples for held-out scores alone.
  public let held: ExampleSet

  /// - Parameters:
  ///   - name: name for messages.
  ///   - group: architecture and data set.
  ///   - graph: the dense network.
  ///   - inputs: `[N, …]`; every second example is for the fit, the others for scores.
  ///   - labels: class of each example, `[N]`.
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

  /// Reads the network and the calibration sample of an archived run.
  ///
  /// - Returns: `nil` for a run without a stored network, such as one of a large network, or with fewer than 20 labelled
  ///   examples (chosen by hand).
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

  /// Distinct networks of some archives; of runs with equal weights only the first is read.
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

extension [LearnableNetwork] {
  /// These networks in a random order, every prefix of which is a draw of that many runs.
  ///
  /// Groups take turns, so that a few runs cover as many groups as possible, and two draws of one size differ less than if
  /// groups were drawn at random.
  ///
  /// - Parameter seed: seed of the order.
  public func drawn(seed: UInt64) -> [LearnableNetwork] {
    var generator = SeededGenerator(seed: seed, stream: "draw of archived runs")
    let groups = Set(map(\.group)).sorted().shuffled(by: &generator)
    let queues = groups.map { group in
      filter { $0.group == group }.shuffled(by: &generator)
    }
    return (0..<(queues.map(\.count).max() ?? 0)).flatMap { turn in
      queues.compactMap { $0.indices.contains(turn) ? $0[turn] : nil }
    }
  }
}
