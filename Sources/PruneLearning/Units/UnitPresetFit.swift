import PruneController
public import PruneCore
public import PrunePredictor
import PruneSelection

/// Fits the preset of a granularity of whole units and scores it on held-out groups.
public struct UnitPresetFit: Sendable {
  private let networks: [LearnableNetwork]
  private let fitting: UnitFitting
  private let sparsities: [Double]
  private let criteria: [String]
  private let folds = 3
  private let title: String
  private let command: [String]

  /// - Parameters:
  ///   - networks: archived networks to fit to; those without units of the granularity are skipped.
  ///   - fitting: settings of the fit, for one granularity.
  ///   - sparsities: shares of the MACs pruned that networks are scored at; the default is chosen by hand.
  ///   - criteria: names of the hand-made criteria to compare with.
  ///   - title: purpose of the preset, for its card.
  ///   - command: command that makes the preset again, for its card.
  public init(
    networks: [LearnableNetwork], fitting: UnitFitting, sparsities: [Double] = [0.3, 0.5, 0.65],
    criteria: [String] = ["l1", "l2", "taylor", "fisher", "random"], title: String,
    command: [String]
  ) {
    self.networks = networks
    self.fitting = fitting
    self.sparsities = sparsities
    self.criteria = criteria
    self.title = title
    self.command = command
  }

  /// Probes the networks, scores fits on held-out groups, and fits to all networks.
  ///
  /// - Parameters:
  ///   - engine: runs and differentiates the networks.
  ///   - progress: one line per stage.
  /// - Returns: preset with the fitted predictor, or with the prior where the fit does not beat it on held-out groups.
  /// - Throws: ``ArchiveFitError/tooFewGroups(got:)``.
  public func preset<E: Engine>(
    engine: E, progress: (String) -> Void = { _ in }
  ) throws -> Preset {
    var probed: [UnitFitting.Probed] = []
    for network in networks {
      guard let probes = try fitting.probe(network, engine: engine) else { continue }
      probed.append(probes)
      progress("\(fitting.granularity): probed \(network.name), \(network.group)")
    }
    let groups = Set(probed.map(\.network.group)).sorted()
    guard groups.count >= 2 else {
      throw ArchiveFitError.tooFewGroups(got: groups.count)
    }
    var heldOut: [PresetCard.HeldOutScore] = []
    for fold in 0..<min(folds, groups.count) {
      let left = Set(groups.indices.filter { $0 % folds == fold }.map { groups[$0] })
      let predictor = try fitting.predictor(
        of: probed.filter { !left.contains($0.network.group) })
      let scoring = try scoring(of: predictor)
      for group in left.sorted() {
        heldOut += try scoring.scores(
          group: group, on: probed.map(\.network).filter { $0.group == group }, engine: engine)
      }
      progress("  so far: \(GroupedCrossValidation.means(of: heldOut))")
    }
    let learned = try fitting.predictor(of: probed)
    let isBetter = GroupScoring.mean("predictor", heldOut) > GroupScoring.mean("prior", heldOut)
    return Preset(
      model: .logistic(isBetter ? learned : UnitFitting.prior),
      card: PresetCard(
        title: title, groups: groups, runCount: probed.count,
        command: command.joined(separator: " "), programVersion: AutoPruneVersion.text,
        heldOut: heldOut.sorted { ($0.group, $0.sparsity) < ($1.group, $1.sparsity) },
        notes: isBetter
          ? "Learned; it beats the gates' second-order loss (the row `prior`) on held-out groups."
          : "The gates' second-order loss (the row `prior`): the fitted predictor (the row `predictor`) does not beat it on held-out groups."
      ))
  }

  private func scoring(of predictor: LogisticPredictor) throws -> GroupScoring {
    GroupScoring(
      criteria: [
        ("predictor", PruningCriterion.predictor(predictor, name: "predictor")),
        ("prior", .predictor(UnitFitting.prior, name: "prior")),
      ] + (try criteria.map { ($0, try PruningCriterion.criterion(named: $0)) }),
      sparsities: sparsities, options: UnitFitting.options(fitting.granularity))
  }
}
