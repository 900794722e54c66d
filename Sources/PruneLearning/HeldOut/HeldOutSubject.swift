public import PruneCore
public import PruneData

/// A dense network to try methods on that it was left out of.
public struct HeldOutSubject: Sendable {
  /// Unique among the subjects of an experiment.
  public let name: String
  /// Architecture × data set.
  public let group: String
  /// The dense network.
  public let graph: Graph
  /// For everything that chooses masks.
  public let fit: ExampleSet
  /// For the scores alone.
  public let test: ExampleSet

  /// - Parameters:
  ///   - name: unique among the subjects.
  ///   - group: architecture and data set.
  ///   - graph: the dense network.
  ///   - fit: shaped as the graph's input.
  ///   - test: shaped as the graph's input.
  public init(name: String, group: String, graph: Graph, fit: ExampleSet, test: ExampleSet) {
    self.name = name
    self.group = group
    self.graph = graph
    self.fit = fit
    self.test = test
  }

  /// An archived network, with the examples archived beside it.
  ///
  /// - Parameters:
  ///   - network: as it was archived.
  ///   - scoringOtherHalf: whether what a fit would learn from is scored on, and the other half selected by. For
  ///     groups left out alone.
  public init(_ network: LearnableNetwork, scoringOtherHalf: Bool = false) {
    self.init(
      name: network.name, group: network.group, graph: network.graph,
      fit: scoringOtherHalf ? network.held : network.fit,
      test: scoringOtherHalf ? network.fit : network.held)
  }
}
