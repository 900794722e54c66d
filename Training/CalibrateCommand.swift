import ArgumentParser
import AutoPrune
import Foundation
import PruneLearning
import TorchBackend

struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Make p̂ of a preset the probability of belonging to a good mask.",
    discussion: """
      Slope and intercept are measured on groups left out of --fitted, as `held-out` leaves it, each group judged by a \
      fit to the others. A preset takes them over where they lower the error there and for its own scores.
      """)

  @OptionGroup var campaign: CampaignArchive

  @Option(parsing: .upToNextOption, help: "Presets to calibrate, changed in place.")
  var preset: [String]

  @Option(help: "The fit without the groups left out.")
  var fitted = "held-out-preset.json"

  @Option(help: "Leave out every how-manieth group.")
  var stride = 3

  @Option(
    name: .customLong("families"),
    help: "At most this many of the groups left out are tried, one network of each.")
  var groups = 13

  @Option(help: "Steps of the search for a mask.")
  var searchSteps = 200

  func run() async throws {
    let networks = try campaign.networks()
    let left = networks.leftOut(stride: stride)
    let measured = try Preset.read(contentsOf: URL(fileURLWithPath: fitted))
    let seen = left.intersection(measured.card.groups)
    guard seen.isEmpty else {
      throw ValidationError(
        "--fitted '\(fitted)' was fitted to \(seen.sorted().joined(separator: ", ")), expected none of the groups left out by --stride \(stride); make it anew with 'Training held-out'"
      )
    }
    let files = preset.map { URL(fileURLWithPath: $0) }
    let presets = try files.map { try Preset.read(contentsOf: $0) }
    var calibration = SurvivalCalibration()
    calibration.networkLimit = groups
    calibration.searchSteps = searchSteps
    let samples = try calibration.samples(
      of: [measured.predictor] + presets.map(\.predictor),
      on: left.sorted().compactMap { group in networks.first { $0.group == group }?.learnable },
      engine: try TorchEngine(threads: campaign.threads)
    ) { report($0) }
    let outcome = try SurvivalCalibration.outcome(of: samples[0])
    print(
      "slope \(outcome.calibration.slope), intercept \(outcome.calibration.intercept): \(outcome.card.summary)"
    )
    for density in calibration.densities {
      print(
        "density \(density): \(errors(of: samples[0].filter { $0.density == density }, outcome))")
    }
    for (index, file) in files.enumerated() {
      try write(outcome, for: presets[index], on: samples[index + 1], to: file)
    }
  }

  /// Writes the calibrated preset, or leaves the file as it is where the calibration does not lower the error.
  private func write(
    _ outcome: SurvivalCalibration.Outcome, for preset: Preset,
    on samples: [SurvivalCalibration.Sample], to file: URL
  ) throws {
    let own = errors(of: samples, outcome)
    guard outcome.lowersError, own.after < own.before else {
      return print("\(file.path): left as it is, \(own)")
    }
    var preset = preset
    preset.model = preset.model.calibrated(by: outcome.calibration)
    preset.card.calibration = outcome.card
    preset.card.calibration?.notes =
      "Slope, intercept, errors and bins are those of θ fitted without these groups (`Training held-out`, then `Training calibrate`); the preset itself was fitted to them, and its own error there goes \(own)."
    try preset.write(to: file)
    print("\(file.path): written, \(own)")
  }

  private func errors(
    of samples: [SurvivalCalibration.Sample], _ outcome: SurvivalCalibration.Outcome
  ) -> Errors {
    func error(_ calibration: ScoreCalibration) -> Double {
      SurvivalCalibration.reliability(of: samples, by: calibration).expectedCalibrationError
    }
    return Errors(before: error(.identity), after: error(outcome.calibration))
  }
}

/// Expected calibration errors of the same scores before and after calibration.
private struct Errors: CustomStringConvertible {
  let before: Double
  let after: Double

  var description: String { String(format: "from %.3f to %.3f", before, after) }
}
