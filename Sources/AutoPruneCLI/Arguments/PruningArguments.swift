import ArgumentParser
import AutoPrune
import Foundation

/// Options for the pruning criterion: a predictor or a hand-made one, its statistics and its adaptation to the network.
struct RankingArguments: ParsableArguments {
  @OptionGroup var preset: PredictorArguments

  @Option(
    help: ArgumentHelp(
      "Score the weights by a hand-made criterion in place of the predictor: "
        + SaliencyCriteria.all.map(\.name).joined(separator: ", ")
        + "; with --granularity channel, head, layer or auto also "
        + UnitCriterion.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "name"))
  var criterion: String?

  @Option(
    help: """
      Examples of the training part for the statistics that predictor and criteria read, such as activation norms and \
      gradients.
      """)
  var calibrationExamples = 2_000

  @Flag(
    inversion: .prefixedNo,
    help: """
      Adjust the predictor's coefficients θ to this network before the final selection; weights are not changed. \
      Default: on for prune where no fine-tuning follows, off for sweep.
      """)
  var adapt: Bool?

  @Option(
    help: ArgumentHelp(
      """
      Limit --adapt to these seconds of the clock; a repeated run may then prune other weights. Default: a fixed \
      amount of work, about 10 s on 2 cores.
      """, valueName: "seconds"))
  var adaptSeconds: Double?

  /// Earlier name of ``adapt``.
  @Flag(inversion: .prefixedNo, help: .hidden)
  var refine: Bool?

  /// Earlier name of ``adaptSeconds``.
  @Option(help: .hidden)
  var refineSeconds: Double?

  func validate() throws {
    if adapt != nil, refine != nil {
      throw ValidationError("--refine is the earlier name of --adapt; give --adapt alone")
    }
    if adaptSeconds != nil, refineSeconds != nil {
      throw ValidationError(
        "--refine-seconds is the earlier name of --adapt-seconds; give --adapt-seconds alone")
    }
    if let secondsOfAdaptation, !(secondsOfAdaptation >= 0 && secondsOfAdaptation.isFinite) {
      throw ValidationError("--adapt-seconds is \(secondsOfAdaptation), expected a number >= 0")
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

  /// Clock limit of the adaptation under either name, in seconds; `nil` without one.
  private var secondsOfAdaptation: Double? { adaptSeconds ?? refineSeconds }

  func makeRanking() throws -> CriterionChoice {
    if let criterion { return try .criterion(named: criterion) }
    return try preset.makeRanking()
  }

  func adaptation(default isDefault: Bool) -> AdaptationOptions? {
    guard adapt ?? refine ?? isDefault else { return nil }
    return secondsOfAdaptation.map { .within(seconds: $0) } ?? AdaptationOptions()
  }
}

/// Option for a predictor, by the name of a preset or by file.
struct PredictorArguments: ParsableArguments {
  @Option(
    help: """
      Predictor that scores the weights: a shipped preset by name (`autoprune predictor list`), or a preset file that \
      `autoprune fit` wrote. `default` is the shipped preset that suits the granularity.
      """
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
      Unit that is pruned. Set to zero: element (single weights), nm:N:M (N of every M consecutive inputs are kept), \
      block:RxC (tiles of R outputs and C inputs), kernel (of a convolution). Cut out, so that the model itself gets \
      smaller: channel (channels and neurons), head (attention heads), layer (all layers of a residual branch), auto \
      (all of these).
      """, valueName: "unit"))
  var granularity = "element"

  @Option(
    help: """
      Cost that pruning lowers and that --sparsity is a share of: parameters, macs or bytes. With --granularity \
      channel, head, layer or auto also latency, units (the same share of heads, of neurons and of channels), or \
      several, such as macs,bytes, each lowered as far.
      """)
  var objective = ObjectiveList([.parameters])

  @Option(
    help: ArgumentHelp(
      """
      With --granularity channel, head, layer or auto: keep a multiple of this number of channels, neurons or hidden \
      units, or a half, a quarter … of it, since runtimes whose vectors have 8 or 16 lanes are slow with other numbers.
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
      """
      After pruning, change the kept weights so that the layer outputs stay close to the dense network's; no training. \
      Kept only where the loss on held-out examples falls. Default: on for prune where no fine-tuning follows, off for \
      sweep.
      """))
  var compensate: Bool?

  @Flag(help: "Compensate with a bounded number of gradient steps after each stage of the pruning.")
  var firstOrder = false

  func validate() throws {
    if firstOrder, compensate == false {
      throw ValidationError("--first-order is a part of compensation; leave out --no-compensate")
    }
  }

  func compensation(default isOn: Bool) -> Compensation {
    if firstOrder { return .firstOrder }
    return compensate ?? isOn ? .closedForm : .none
  }
}
