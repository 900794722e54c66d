import ArgumentParser
import AutoPrune

/// Comma-separated objectives.
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

/// What is removed as a unit, and what that is to save.
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
