public import ArgumentParser
import AutoPrune

extension CostObjective: ExpressibleByArgument {}

/// What is removed as a unit, and what that is to save.
struct StructureArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What is removed as a unit: element, nm:N:M (N of every M kept), block:RxC, kernel; channel, head or \
      auto cut whole units out, so that the model itself gets smaller.
      """, valueName: "unit"))
  var granularity = "element"

  @Option(
    help: """
      What pruning is to save, and what --sparsity counts in: parameters, macs, bytes, or latency where \
      whole units are cut out.
      """)
  var objective: CostObjective = .parameters

  func validate() throws {
    do { _ = try unit } catch { throw ValidationError("\(error)") }
  }

  var unit: Granularity {
    get throws { try Granularity(granularity) }
  }
}
