import ArgumentParser
import AutoPrune
import Foundation

/// What decides which connections go.
struct RankingArguments: ParsableArguments {
  @OptionGroup var preset: PredictorArguments

  @Option(
    help: ArgumentHelp(
      "A hand-made criterion in place of the predictor: "
        + SaliencyCriteria.all.map(\.name).joined(separator: ", ")
        + "; for whole units also " + UnitCriterion.allCases.map(\.rawValue).joined(separator: ", ")
        + ".", valueName: "name"))
  var criterion: String?

  @Option(help: "Examples for statistics, drawn from the fit part.")
  var calibrationExamples = 2_000

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Refine the predictor's θ on the network at hand, weights untouched (default: on in prune without fine-tuning, off in sweep)."
    ))
  var refine: Bool?

  @Option(
    help:
      "Bound refining by these seconds of the clock; a repeated run may then differ. Without it the work is counted, about 10 s on 2 cores."
  )
  var refineSeconds: Double?

  func validate() throws {
    if let refineSeconds, !(refineSeconds >= 0 && refineSeconds.isFinite) {
      throw ValidationError("--refine-seconds is \(refineSeconds), expected a number >= 0")
    }
    if calibrationExamples < 1 {
      throw ValidationError("--calibration-examples is \(calibrationExamples), expected 1 or more")
    }
    if let criterion {
      do { _ = try Ranking.criterion(named: criterion) } catch { throw ValidationError("\(error)") }
    }
  }

  func makeRanking() throws -> Ranking {
    if let criterion { return try .criterion(named: criterion) }
    return try preset.makeRanking()
  }

  func refinement(default isDefault: Bool) -> RefinementOptions? {
    guard refine ?? isDefault else { return nil }
    return refineSeconds.map { .within(seconds: $0) } ?? RefinementOptions()
  }
}
