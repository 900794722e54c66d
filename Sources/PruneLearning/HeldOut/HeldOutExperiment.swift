import PruneController
public import PruneCore
public import PruneData
import PruneFeatures
import PruneSelection
import PruneSession
import PruneSupport
import PruneTraining

/// Experiment that tries methods on classifiers at several sparsities: masks are chosen on the training part and scored on
/// the test part, which nothing else sees; weights are unchanged.
public struct HeldOutExperiment<E: Engine> {
  private let engine: E
  /// Sparsities that every method is tried at, in this order.
  public let sparsities: [Double]

  /// - Parameters:
  ///   - engine: runs and differentiates the networks.
  ///   - sparsities: sparsities to try, each 0 ..< 1.
  public init(engine: E, sparsities: [Double]) {
    self.engine = engine
    self.sparsities = sparsities
  }

  /// Adds the cells of one subject that `log` does not hold yet.
  ///
  /// - Parameters:
  ///   - methods: methods to compare.
  ///   - subject: network with its examples.
  ///   - seed: seed of the samples for statistics, gradients and held-out losses.
  ///   - log: log of cells, added to one by one.
  /// - Throws: ``TrainingError/missingLabels(metric:)``, ``SelectionError``, ``BudgetError`` for a sparsity out of range,
  ///   engine errors.
  public func run(
    _ methods: [HeldOutMethod], on subject: HeldOutSubject, seed: UInt64, log: inout HeldOutLog
  ) throws {
    func key(_ method: HeldOutMethod, _ sparsity: Double) -> HeldOutCell.Key {
      HeldOutCell.Key(
        subject: subject.name, seed: seed, sparsity: sparsity, method: method.name)
    }
    let open = methods.filter { method in sparsities.contains { !log.holds(key(method, $0)) } }
    guard !open.isEmpty else { return }
    let trial = try Trial(subject, engine: engine, seed: seed)
    for method in open {
      let choose = try trial.chooser(of: method)
      for sparsity in sparsities where !log.holds(key(method, sparsity)) {
        let start = ContinuousClock.now
        let masks = try choose(try Sparsity(sparsity).density)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try log.append(
          HeldOutCell(
            subject: subject.name, group: subject.group, seed: seed, sparsity: sparsity,
            method: method.name, metric: try trial.metric(with: masks), dense: trial.dense,
            seconds: seconds))
      }
    }
  }

  /// Trial of methods on one network under one seed.
  private final class Trial {
    let dense: Double
    private let subject: HeldOutSubject
    private let session: PruningSession<E>
    private let start: NetworkSnapshot
    private let evaluator: Evaluator<E>
    private let options: PruningOptions
    private let objective = Objective.crossEntropy(labelSmoothing: 0)
    /// Masks of finished selections, which other methods may start from.
    private var starts: [Start: MaskSet] = [:]

    private struct Start: Hashable {
      let method: String
      let density: Double
    }

    init(_ subject: HeldOutSubject, engine: E, seed: UInt64) throws {
      self.subject = subject
      session = try PruningSession(subject.graph, engine: engine)
      start = try session.snapshot()
      evaluator = Evaluator(metric: .accuracy)
      options = PruningOptions(budget: .maximumDrop(points: 0), seed: seed, batchSize: 250)
      dense =
        try evaluator.evaluate(
          session.program, of: subject.graph, with: engine, on: subject.test
        ).value
    }

    /// Function that chooses a method's masks at a density; its statistics are taken already.
    func chooser(of method: HeldOutMethod) throws -> (_ density: Double) throws -> MaskSet {
      switch method.procedure {
      case .selection(let selection, let adaptation):
        let select = try selector(method, selection, adaptation)
        return { density in
          let masks = try select(density)
          self.starts[Start(method: method.name, density: density)] = masks
          return masks
        }
      case .shuffled:
        let start = try starter(of: method)
        return { density in
          var generator = SeededGenerator(seed: self.options.seed, stream: "shuffled masks")
          return try start(density).shuffledWithinLayers(using: &generator)
        }
      case .optimized:
        let start = try starter(of: method)
        let search = try StraightThroughSearch(
          of: try session.state(
            [], on: subject.fit, limit: 1, batchSize: 1, objective: objective, seed: options.seed),
          session: session, fit: subject.fit, objective: objective, seed: options.seed)
        return { try search.run(from: try start($0)) }
      }
    }

    /// Function that returns the masks of the method that `method` starts from: those made before, where there are any.
    private func starter(of method: HeldOutMethod) throws -> (Double) throws -> MaskSet {
      let select = try selector(method, method.startSelection, nil)
      return { try self.starts[Start(method: method.start, density: $0)] ?? select($0) }
    }

    private func selector(
      _ method: HeldOutMethod, _ selection: IterativeSettings,
      _ adaptation: AdaptationOptions?
    ) throws -> (Double) throws -> MaskSet {
      let selector = try SelectorChoice(
        method.criterion, session: session, fit: subject.fit, objective: objective,
        options: options
      ).finalSelector(selection, adapting: adaptation)
      return { try selector.select(keeping: $0).masks }
    }

    /// Accuracy on the test part under some masks; the network is restored afterwards.
    func metric(with masks: MaskSet) throws -> Double {
      try session.apply(masks)
      if session.hasNormalization {
        try session.reestimateNormalization(on: subject.fit, options: options)
      }
      let value = try evaluator.evaluate(
        session.program, of: subject.graph, with: session.engine, on: subject.test
      ).value
      try session.restore(start)
      return value
    }
  }
}

extension MaskSet {
  /// Masks that keep as many weights in every layer, at random positions.
  func shuffledWithinLayers(using generator: inout SeededGenerator) -> MaskSet {
    var result: [String: Mask] = [:]
    for (name, mask) in masks.sorted(by: { $0.key < $1.key }) {
      result[name] = Mask(mask.kept.shuffled(by: &generator))
    }
    return MaskSet(result)
  }
}

/// A held-out dense network to try methods on.
public struct HeldOutSubject: Sendable {
  /// Name, unique among the subjects of an experiment.
  public let name: String
  /// Group, architecture × data set.
  public let group: String
  /// The dense network.
  public let graph: Graph
  /// Training part, for everything that chooses masks.
  public let fit: ExampleSet
  /// Test part, for the scores alone.
  public let test: ExampleSet

  /// - Parameters:
  ///   - name: name, unique among the subjects.
  ///   - group: architecture and data set.
  ///   - graph: the dense network.
  ///   - fit: training part, shaped as the graph's input.
  ///   - test: test part, shaped as the graph's input.
  public init(name: String, group: String, graph: Graph, fit: ExampleSet, test: ExampleSet) {
    self.name = name
    self.group = group
    self.graph = graph
    self.fit = fit
    self.test = test
  }

  /// Makes a subject of an archived network and its examples.
  ///
  /// - Parameters:
  ///   - network: archived network.
  ///   - scoringOtherHalf: `true` to swap the halves of the examples: scores on those that a fit would use, masks by the
  ///     others. For held-out groups alone.
  public init(_ network: LearnableNetwork, scoringOtherHalf: Bool = false) {
    self.init(
      name: network.name, group: network.group, graph: network.graph,
      fit: scoringOtherHalf ? network.held : network.fit,
      test: scoringOtherHalf ? network.fit : network.held)
  }
}
