public import PruneArchive
import PruneController
public import PruneCore
import PruneFeatures
public import PrunePredictor
import PruneSelection
import PruneSession

/// Fits a preset to archived set probes alone: for archives whose networks were too large to be stored.
public struct ProbeFit: Sendable {
  /// Probed networks, one per archived table of set probes.
  public let networks: [ProbedNetwork]
  private let title: String
  private let command: [String]

  private static var featureNames: [String] { PredictorFitting.standardFeatures }

  /// Collects the set probes of all runs of some archives; tables of another feature registry are skipped.
  ///
  /// - Parameters:
  ///   - archives: archives to read.
  ///   - title: purpose of the preset, for its card.
  ///   - command: command that makes the preset again, for its card.
  /// - Throws: ``ArchiveError``, ``ArchiveFitError/tooFewGroups(got:)``.
  public init(archives: [RunArchive], title: String, command: [String]) throws {
    var found: [ProbedNetwork] = []
    for archive in archives {
      for run in try archive.runs() {
        let group = "\(run.record.network.architecture) on \(run.record.data.name)"
        for table in try archive.samples(of: run.id) where table.kind == .setProbes {
          if let network = try Self.network(table, group: group) { found.append(network) }
        }
      }
    }
    let groups = Set(found.map(\.group)).count
    guard groups >= 2 else { throw ArchiveFitError.tooFewGroups(got: groups) }
    networks = found
    self.title = title
    self.command = command
  }

  /// Fits the preset and scores it on held-out groups.
  ///
  /// The card's scores are shares of pairs of sets that a pruning criterion orders as the measured change of loss does.
  ///
  /// - Parameter folds: number of folds; each group is held out alone where there are fewer groups.
  public func preset(folds: Int = 3) throws -> Preset {
    let fit = SetProbeFit(featureNames: Self.featureNames)
    let names = Set(networks.map(\.group)).sorted()
    var scores: [PresetCard.HeldOutScore] = []
    for fold in 0..<min(folds, names.count) {
      let left = Set(names.indices.filter { $0 % folds == fold }.map { names[$0] })
      let training = networks.filter { !left.contains($0.group) }
      guard Set(training.map(\.group)).count >= 2 else { continue }
      let learned = Self.perRawFeature(try fit.fit(training))
      for group in left.sorted() {
        let own = networks.filter { $0.group == group }
        scores.append(
          PresetCard.HeldOutScore(
            group: group,
            sparsity: 1 - own.reduce(0) { $0 + $1.density } / Double(own.count),
            metrics: [
              "predictor": fit.concordance(of: learned, on: own),
              "prior": fit.concordance(of: Self.prior, on: own),
              "magnitude": fit.concordance(of: Self.single("log-magnitude"), on: own),
              "lamp": fit.concordance(of: Self.single("log-lamp"), on: own),
            ]))
      }
    }
    return Preset(
      model: .logistic(try fit.fit(networks)),
      card: PresetCard(
        title: title, groups: names, runCount: networks.count,
        command: command.joined(separator: " "), programVersion: AutoPruneVersion.text,
        heldOut: scores.sorted { $0.group < $1.group },
        notes:
          "Fitted to set probes: pairs of sets ordered by what the loss rose by without them. The scores are shares of pairs ordered rightly, not accuracies."
      ))
  }

  /// Probed network of an archived table.
  ///
  /// - Returns: `nil` for a table of another feature registry, one of fewer than three sets, or one with values that are not
  ///   finite.
  static func network(_ table: SampleTable, group: String) throws -> ProbedNetwork? {
    guard table.featureVersion == FeatureRegistry.version, let changes = table["loss_change"],
      changes.count > 2
    else { return nil }
    let columns = featureNames.compactMap { table[$0] }
    guard columns.count == featureNames.count else { return nil }
    let isFinite = (columns + [changes]).allSatisfy { $0.allSatisfy { $0.isFinite } }
    guard isFinite else { return nil }
    return try ProbedNetwork(
      group: group, features: columns, changes: changes,
      density: Double(table["density"]?.first ?? 1))
  }

  /// Coefficients by raw feature, in the order of ``featureNames``.
  private static func perRawFeature(_ predictor: LogisticPredictor) -> [Double] {
    zip(predictor.coefficients, predictor.basis.scales).map { $0 / $1 }
  }

  private static func single(_ name: String) -> [Double] {
    featureNames.map { $0 == name ? 1 : 0 }
  }

  private static var prior: [Double] {
    let prior = LogisticPredictor.prior
    let values = Dictionary(
      zip(prior.featureNames, perRawFeature(prior)), uniquingKeysWith: { first, _ in first })
    return featureNames.map { values[$0] ?? 0 }
  }
}

/// Fits a logistic predictor to set probes of archived networks, each pruned by ``LogisticPredictor/prior`` and probed once:
/// for a comparison with other signals on the same networks.
///
/// ``ProbeFit`` fits to the probes that ordinary runs store in the archive.
public struct SetProbeFitting: Sendable {
  /// Densities that networks are probed at; every network gets one of them, in turn. Chosen by hand.
  public var densities = [0.2, 0.1, 0.05, 0.02]
  /// Seed of samples and sets.
  public var seed: UInt64 = 0

  /// The densities of ``MaskSurvivalFitting``, unless set otherwise.
  public init() {}

  /// Prunes and probes every network, and fits θ to the probes.
  ///
  /// - Parameters:
  ///   - networks: archived networks to fit to; those with too few kept weights to draw sets from are skipped.
  ///   - engine: runs them.
  ///   - progress: one line per network.
  /// - Throws: ``PredictorError``, `EngineError`.
  public func fit<E: Engine>(
    to networks: [LearnableNetwork], engine: E, progress: (String) -> Void = { _ in }
  ) throws -> LogisticPredictor {
    var probed: [ProbedNetwork] = []
    for (number, network) in networks.enumerated() {
      let session = try PruningSession(network.graph, engine: engine)
      let masks = try SelectorChoice(
        .predictor(LogisticPredictor.prior, name: "prior"), session: session, fit: network.fit,
        objective: .crossEntropy(labelSmoothing: 0),
        options: PruningOptions(budget: .maximumDrop(points: 0), seed: seed, batchSize: 250)
      ).finalSelector().select(keeping: densities[number % densities.count]).masks
      let table = try SetProbing(engine: engine, seed: seed).table(
        of: network.graph, masks: masks, fit: network.fit)
      if let table, let found = try ProbeFit.network(table, group: network.group) {
        probed.append(found)
      }
      progress("\(number + 1) of \(networks.count): probes of \(network.group)")
    }
    return try SetProbeFit(featureNames: PredictorFitting.standardFeatures).fit(probed)
  }
}
