public import PruneArchive
import PruneCore
import PruneFeatures
public import PrunePredictor

/// Fits a preset to set probes alone: for archives whose networks were too large to be kept.
public struct ProbeFit: Sendable {
  /// The probes found, one entry per archived table.
  public let networks: [ProbedNetwork]
  private let title: String
  private let command: [String]

  private static var featureNames: [String] { PredictorFitting.standardFeatures }

  /// Collects the probes of all runs of some archives that the present feature registry understands.
  ///
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

  /// The card's scores are shares of pairs of sets that a score orders as the measured loss does, on groups left out.
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

  /// - Returns: `nil` for a table of another registry, or one without a change to learn from.
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
