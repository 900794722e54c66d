import PruneController
public import PruneCore
public import PrunePredictor
import PruneSelection

/// Makes the preset of a granularity, scored on families that its fits left out.
public struct UnitPresetFit: Sendable {
  private let networks: [LearnableNetwork]
  private let fitting: UnitFitting
  private let sparsities: [Double]
  private let criteria: [String]
  private let folds = 3
  private let title: String
  private let command: [String]

  /// - Parameters:
  ///   - networks: what is learned from; those without units of the granularity are passed over.
  ///   - fitting: of one granularity.
  ///   - sparsities: shares of the MACs removed that networks are scored at.
  ///   - criteria: hand-made ones to compare with.
  ///   - title: says what the preset is for.
  ///   - command: what makes the preset again, for its card.
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

  /// - Throws: ``ArchiveFitError/tooFewFamilies(got:)``.
  public func preset<E: Engine>(
    engine: E, progress: (String) -> Void = { _ in }
  ) throws -> Preset {
    var probed: [UnitFitting.Probed] = []
    for network in networks {
      guard let probes = try fitting.probe(network, engine: engine) else { continue }
      probed.append(probes)
      progress("\(fitting.granularity): probed \(network.name), \(network.family)")
    }
    let families = Set(probed.map(\.network.family)).sorted()
    guard families.count >= 2 else {
      throw ArchiveFitError.tooFewFamilies(got: families.count)
    }
    var heldOut: [PresetCard.HeldOutScore] = []
    for fold in 0..<min(folds, families.count) {
      let left = Set(families.indices.filter { $0 % folds == fold }.map { families[$0] })
      let predictor = try fitting.predictor(
        of: probed.filter { !left.contains($0.network.family) })
      let scoring = try scoring(of: predictor)
      for family in left.sorted() {
        heldOut += try scoring.scores(
          family: family, on: probed.map(\.network).filter { $0.family == family }, engine: engine)
      }
      progress("  so far: \(GroupedCrossValidation.means(of: heldOut))")
    }
    let learned = try fitting.predictor(of: probed)
    let isBetter = GroupScoring.mean("predictor", heldOut) > GroupScoring.mean("prior", heldOut)
    return Preset(
      model: .logistic(isBetter ? learned : UnitFitting.prior),
      card: PresetCard(
        title: title, families: families, runCount: probed.count,
        command: command.joined(separator: " "), programVersion: AutoPruneVersion.text,
        heldOut: heldOut.sorted { ($0.family, $0.sparsity) < ($1.family, $1.sparsity) },
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
