import ArgumentParser
import AutoPrune
import PruneLearning

/// Options of a fit that experiments vary; those not given are as for the shipped presets.
struct FitArguments: ParsableArguments {
  @Option(help: "Selections of every network during which θ takes a step at every pass.")
  var descentEpochs: Int?

  @Option(help: "Temperatures of the rounds that follow, comma-separated; 'none' for no round.")
  var temperatures: String?

  @Option(help: "States drawn for every round.")
  var states: Int?

  @Option(help: "Weight of the pull to the prior.")
  var ridge: Double?

  @Option(
    name: .customLong("trusted-families"),
    help: "Groups from which on θ is taken as it was fitted.")
  var trustedGroups: Int?

  @Option(help: "Features beside the standard ones, comma-separated.")
  var features: String?

  @Option(help: "Features that all others are multiplied with, beside the standard ones.")
  var context: String?

  /// The options that differ from those of the shipped presets, as they are typed; empty for none.
  var text: String {
    [
      descentEpochs.map { "--descent-epochs \($0)" },
      temperatures.map { "--temperatures \($0)" }, states.map { "--states \($0)" },
      ridge.map { "--ridge \($0)" }, features.map { "--features \($0)" },
      trustedGroups.map { "--trusted-families \($0)" },
      context.map { "--context \($0)" },
    ].compactMap { $0 }.joined(separator: " ")
  }

  /// The fit with these options.
  ///
  /// - Throws: `ValidationError` for temperatures that are no numbers > 0.
  func fitting(seed: UInt64) throws -> PredictorFitting {
    var fitting = PredictorFitting()
    fitting.seed = seed
    if let descentEpochs { fitting.descentEpochs = descentEpochs }
    if let temperatures {
      fitting.temperatures = try temperatures.split(separator: ",").compactMap {
        if $0 == "none" { return nil }
        guard let value = Double($0), value > 0 else {
          throw ValidationError("--temperatures has '\($0)', expected numbers > 0")
        }
        return value
      }
    }
    if let trustedGroups { fitting.trustedGroups = trustedGroups }
    if let features { fitting.featureNames += features.split(separator: ",").map(String.init) }
    if let context { fitting.contextNames += context.split(separator: ",").map(String.init) }
    if let states { fitting.statesPerRound = states }
    if let ridge { fitting.ridge = ridge }
    return fitting
  }
}
