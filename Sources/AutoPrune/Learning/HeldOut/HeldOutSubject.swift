public import PruneCore
public import PruneData

/// A dense network to try methods on that it was left out of.
public struct HeldOutSubject: Sendable {
  /// Unique among the subjects of an experiment.
  public let name: String
  /// Architecture × data set.
  public let family: String
  /// The dense network.
  public let graph: Graph
  /// For everything that chooses masks.
  public let fit: ExampleSet
  /// For the scores alone.
  public let test: ExampleSet

  /// - Parameters:
  ///   - name: unique among the subjects.
  ///   - family: architecture and data set.
  ///   - graph: the dense network.
  ///   - fit: shaped as the graph's input.
  ///   - test: shaped as the graph's input.
  public init(name: String, family: String, graph: Graph, fit: ExampleSet, test: ExampleSet) {
    self.name = name
    self.family = family
    self.graph = graph
    self.fit = fit
    self.test = test
  }

  /// An archived network, with the examples archived beside it.
  public init(_ network: LearnableNetwork) {
    self.init(
      name: network.name, family: network.family, graph: network.graph, fit: network.fit,
      test: network.held)
  }
}
