import PruneCore
import PruneFeatures
import TestSupport
import Testing

@Suite("The article on criteria")
struct CriteriaArticleTests {
  private static let statistics: [(kind: StatisticKinds, name: String)] = [
    (.gradient, "gradients"), (.gradientMoments, "squared gradients of single examples"),
    (.inputs, "inputs"), (.outputs, "activations"), (.inputGram, "products of inputs"),
  ]

  @Test("lists every criterion; AUTOPRUNE_REWRITE_SNAPSHOTS=1 makes the table anew")
  func table() throws {
    let rows = SaliencyCriteria.all.map { criterion in
      let reads =
        Self.statistics.filter { criterion.requiredStatistics.contains($0.kind) }
        .map(\.name).joined(separator: ", ")
        + (criterion.readsOptimizer ? "the optimizer's squared gradients, while training" : "")
      let scores = criterion.granularity == .channel ? "output units" : "single weights"
      return "| `\(criterion.name)` | ``\(type(of: criterion))`` | \(scores) | "
        + "\(criterion.scope.rawValue) | \(reads.isEmpty ? "weights alone" : reads) |"
    }
    let wanted =
      (["| Name | Page | Scores | Ranked over | Reads |", "|---|---|---|---|---|"] + rows)
      .joined(separator: "\n") + "\n"
    let stated = try GeneratedTable.text(
      in: "Sources/AutoPrune/AutoPrune.docc/Saliency.md", wanted: wanted)
    #expect(stated == wanted, "set AUTOPRUNE_REWRITE_SNAPSHOTS=1 once where this is meant")
  }
}
