import ArgumentParser
import AutoPrune
import Foundation

/// Options for the pruning criterion: a predictor or a hand-made one, its statistics and its adaptation to the network.
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
      do { _ = try CriterionChoice.criterion(named: criterion) } catch {
        throw ValidationError("\(error)")
      }
    }
  }

  func makeRanking() throws -> CriterionChoice {
    if let criterion { return try .criterion(named: criterion) }
    return try preset.makeRanking()
  }

  func adaptation(default isDefault: Bool) -> AdaptationOptions? {
    guard refine ?? isDefault else { return nil }
    return refineSeconds.map { .within(seconds: $0) } ?? AdaptationOptions()
  }
}

/// Option for a predictor, by the name of a preset or by file.
struct PredictorArguments: ParsableArguments {
  @Option(
    help:
      "A shipped preset by name, or a preset file. In place of default, other granularities than element have a preset each."
  )
  var predictor = "default"

  func makeRanking() throws -> CriterionChoice {
    if predictor.contains("/") || predictor.hasSuffix(".json") {
      return try .preset(contentsOf: URL(fileURLWithPath: predictor))
    }
    return try .preset(predictor)
  }
}

/// An argument of comma-separated cost objectives.
struct ObjectiveList: ExpressibleByArgument {
  let objectives: [CostObjective]

  init(_ objectives: [CostObjective]) { self.objectives = objectives }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    objectives = parts.compactMap { CostObjective(rawValue: String($0)) }
    guard !parts.isEmpty, objectives.count == parts.count,
      Set(objectives).count == objectives.count
    else { return nil }
  }

  var defaultValueDescription: String { objectives.map(\.rawValue).joined(separator: ",") }
}

/// Options for the granularity and the cost objectives of pruning.
struct StructureArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What is removed as a unit: element, nm:N:M (N of every M kept), block:RxC, kernel; channel, head, \
      layer (all of a residual branch) or auto (all of these) cut whole units out, so that the model itself gets \
      smaller.
      """, valueName: "unit"))
  var granularity = "element"

  @Option(
    help: """
      What pruning is to save, and what --sparsity counts in: parameters, macs or bytes; where whole units are cut \
      out also latency, units (as many heads as neurons as channels, in shares), or several, such as macs,bytes, \
      each to be saved.
      """)
  var objective = ObjectiveList([.parameters])

  @Option(
    help: ArgumentHelp(
      """
      Leave multiples of this number of channels, neurons or hidden units, or halves of it: runtimes \
      with vectors of 8 or 16 lanes are slow with other numbers.
      """, valueName: "count"))
  var align = 1

  func validate() throws {
    if !(1...4096).contains(align) {
      throw ValidationError("--align is \(align), expected 1 ... 4096, such as 8 or 16")
    }
    do { _ = try unit } catch { throw ValidationError("\(error)") }
  }

  var unit: Granularity {
    get throws { try Granularity(granularity) }
  }
}

/// Options for compensation, by which the kept weights make up for the pruned ones.
struct CompensationArguments: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Prune in stages after each of which the weights left make up for those that went, by least squares and without training; kept where the loss on held-out examples falls. `prune` does without fine-tuning, `sweep` does not, unless told."
    ))
  var compensate: Bool?

  @Flag(help: "With compensation: a bounded number of gradient steps after each stage.")
  var firstOrder = false

  func validate() throws {
    if firstOrder, compensate == false {
      throw ValidationError("--first-order is a part of compensation; leave --no-compensate out")
    }
  }

  func compensation(default isOn: Bool) -> Compensation {
    if firstOrder { return .firstOrder }
    return compensate ?? isOn ? .closedForm : .none
  }
}
