import PruneController
public import PruneCore
import PruneData
import PruneFeatures
import PruneSelection
import PruneSession
import PruneSupport
import PruneTraining

/// Tries methods on classifiers at several sparsities: masks are chosen on the fit part and scored on the test part, which
/// nothing else sees; weights stay as they are.
public struct HeldOutExperiment<E: Engine> {
  private let engine: E
  /// Shares of connections removed that every method is tried at, in this order.
  public let sparsities: [Double]

  /// - Parameters:
  ///   - engine: runs and differentiates the networks.
  ///   - sparsities: each 0 ..< 1.
  public init(engine: E, sparsities: [Double]) {
    self.engine = engine
    self.sparsities = sparsities
  }

  /// Adds the cells that `log` does not hold yet.
  ///
  /// - Parameters:
  ///   - methods: what is compared.
  ///   - subject: the network with its examples.
  ///   - seed: of samples for statistics, gradients and judgements.
  ///   - log: what is known, added to as it becomes known.
  /// - Throws: ``TrainingError/missingLabels(metric:)``, ``SelectionError``, ``BudgetError`` for a sparsity out of range, engine errors.
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

  /// One network under one seed.
  private final class Trial {
    let dense: Double
    private let subject: HeldOutSubject
    private let session: PruningSession<E>
    private let start: NetworkSnapshot
    private let evaluator: Evaluator<E>
    private let options: PruningOptions
    private let objective = Objective.crossEntropy(labelSmoothing: 0)
    /// Masks that other methods may start from.
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

    /// What chooses masks at a density, statistics taken.
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

    /// Masks of the method that this one starts from: those made before, where there are any.
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
  /// The same number kept in every layer, anywhere in it.
  func shuffledWithinLayers(using generator: inout SeededGenerator) -> MaskSet {
    var result: [String: Mask] = [:]
    for (name, mask) in masks.sorted(by: { $0.key < $1.key }) {
      result[name] = Mask(mask.kept.shuffled(by: &generator))
    }
    return MaskSet(result)
  }
}
