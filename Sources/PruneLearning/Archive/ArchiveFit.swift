public import PruneCore
public import PrunePredictor

/// Fits a preset to archived networks and scores it on held-out groups.
public struct ArchiveFit: Sendable {
  /// Archived networks, of two groups or more.
  public let networks: [LearnableNetwork]
  private let fitting: PredictorFitting
  private let calibration: SurvivalCalibration
  private let folds: Int
  private let title: String
  private let command: [String]

  /// - Parameters:
  ///   - networks: archived networks to fit to.
  ///   - fitting: settings of the fit.
  ///   - calibration: settings of the calibration of p̂, on networks that the fits of `folds` held out.
  ///   - folds: number of fits for the held-out scores, at least 2.
  ///   - title: purpose of the preset, for its card.
  ///   - command: command that makes the preset again, for its card.
  /// - Throws: ``ArchiveFitError/tooFewGroups(got:)`` for fewer than two groups.
  public init(
    networks: [LearnableNetwork], fitting: PredictorFitting = PredictorFitting(),
    calibration: SurvivalCalibration = SurvivalCalibration(), folds: Int = 3,
    title: String, command: [String]
  ) throws(ArchiveFitError) {
    let groups = Set(networks.map(\.group)).count
    guard groups >= 2 else { throw .tooFewGroups(got: groups) }
    self.networks = networks
    self.fitting = fitting
    self.calibration = calibration
    self.folds = folds
    self.title = title
    self.command = command
  }

  /// Scores on held-out groups, fits to all networks, and calibrates p̂ where that lowers its error on held-out groups.
  ///
  /// - Parameters:
  ///   - engine: runs and differentiates the networks.
  ///   - progress: one line per stage.
  public func preset<E: Engine>(
    engine: E, progress: (String) -> Void = { _ in }
  ) throws -> Preset {
    let validation = GroupedCrossValidation(fitting: fitting, folds: folds)
    var fits: [Fit] = []
    let heldOut = try validation.scores(
      on: networks, engine: engine, progress: progress, fitted: { fits.append(($0, $1)) })
    progress("fitting to \(networks.count) networks")
    let learned = try fitting.model(of: networks, engine: engine) { progress("  \($0)") }
    let (learnedMean, priorMean) = (
      GroupScoring.mean("predictor", heldOut), GroupScoring.mean("prior", heldOut)
    )
    let isBetter = learnedMean > priorMean
    let model: Preset.Model =
      isBetter || fitting.kind != .logistic ? learned : .logistic(.prior)
    if model.isPrior { fits = fits.map { (LogisticPredictor.prior, $0.left) } }
    // Calibration is against masks of single weights.
    let calibrated: (model: Preset.Model, card: PresetCard.Calibration?) =
      fitting.granularity == .element
      ? try calibrated(model, on: fits, engine: engine, progress: progress) : (model, nil)
    return Preset(
      model: calibrated.model,
      card: PresetCard(
        title: title, groups: Set(networks.map(\.group)).sorted(), runCount: networks.count,
        command: command.joined(separator: " "), programVersion: AutoPruneVersion.text,
        heldOut: heldOut, notes: notes(isBetter: isBetter), calibration: calibrated.card))
  }

  /// Fitted predictor with the networks that were held out of its fit.
  private typealias Fit = (predictor: any ImportancePredictor, left: [LearnableNetwork])

  /// Calibrates p̂ of the model on the networks held out of `fits`.
  ///
  /// - Returns: calibrated model with its card; the model unchanged and no card where calibration does not lower the error.
  private func calibrated<E: Engine>(
    _ model: Preset.Model, on fits: [Fit], engine: E, progress: (String) -> Void
  ) throws -> (model: Preset.Model, card: PresetCard.Calibration?) {
    var single = calibration
    single.networkLimit = 1
    var samples: [SurvivalCalibration.Sample] = []
    for (predictor, network) in Self.spread(fits).prefix(calibration.networkLimit) {
      samples += try single.samples(
        of: [predictor], on: [network], engine: engine, progress: progress
      ).joined()
    }
    do {
      let outcome = try SurvivalCalibration.outcome(
        of: samples, replacing: model.predictor.calibration,
        notes: "Measured on networks that the fits for the held-out scores left out.")
      guard outcome.lowersError else {
        progress("p̂ stays as it is: a calibration does not lower its error on groups left out")
        return (model, nil)
      }
      return (model.calibrated(by: outcome.calibration), outcome.card)
    } catch let error as PredictorError {
      progress("p̂ is not calibrated: \(error)")
      return (model, nil)
    }
  }

  /// One network of each held-out group with its fit's predictor, the fits in turn.
  private static func spread(
    _ fits: [Fit]
  ) -> [(any ImportancePredictor, LearnableNetwork)] {
    let queues = fits.map { fit in
      var seen: Set<String> = []
      return fit.left.filter { seen.insert($0.group).inserted }
    }
    return (0..<(queues.map(\.count).max() ?? 0)).flatMap { place in
      zip(fits, queues).filter { $1.count > place }.map { ($0.predictor, $1[place]) }
    }
  }

  /// Notes of the card. A kind with a tree was asked for by name, so it is returned even where it loses to the prior, which
  /// is logistic.
  private func notes(isBetter: Bool) -> String {
    if isBetter { return "Learned; it beats the hand-set prior on held-out groups." }
    return fitting.kind == .logistic
      ? "The hand-set prior (the row `prior`): the fitted predictor (the row `predictor`) does not beat it on held-out groups."
      : "Learned; it does not beat the hand-set prior (the row `prior`) on held-out groups."
  }
}

/// Failed fit of a preset to archives.
public enum ArchiveFitError: Error, Hashable, CustomStringConvertible {
  /// Fewer than two groups (architecture × data set): none can be held out.
  case tooFewGroups(got: Int)
  /// The fitted predictor scores no better than magnitude on held-out groups; both mean metrics, fractions.
  case losesToMagnitude(predictor: Double, magnitude: Double)

  public var description: String {
    switch self {
    case .tooFewGroups(let got):
      "the archives hold labelled small networks of \(got) group\(got == 1 ? "" : "s") (architecture × data set), at least 2 are needed; archive runs of other networks first"
    case .losesToMagnitude(let predictor, let magnitude):
      "the fitted predictor scores \(predictor) on held-out groups and plain magnitude \(magnitude); nothing was written, --force writes it all the same"
    }
  }
}
