import AutoPrune
import Foundation
import TorchBackend

/// ResNet-20 with twice fewer MACs: what is lost right after its channels are cut out, and after
/// fine-tuning.
///
/// One dense network is trained; seeds draw the examples that its pruning is calibrated on and the
/// order of fine-tuning.
enum StructuredResNet: Benchmark {
  static let name = "resnet-structured"
  static let summary =
    "ResNet-20 on 10,000 MNIST images padded to 32×32, half of the MACs cut out, test accuracy"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let contest = try await ResidualContest(name, setting)
    let plain = try PlainSurgery(
      contest.graph, data: contest.data, engine: try TorchEngine(threads: setting.threads))
    var rows = [
      contest.denseRow,
      contest.row("l1, nothing mended", [try plain.accuracy(by: .criterion(named: "l1"))]),
    ]
    for (ranking, label) in [
      (try Ranking.criterion(named: "l1"), "l1"), (try .preset("default"), "learned"),
    ] {
      let network = try await contest.prune(ranking, .none, epochs: 0, seed: 1)
      rows.append(
        contest.row("\(label), batch norm re-estimated", [network.report.pruned.metric]))
    }
    for (epochs, loss) in contest.targets {
      var networks: [PrunedNetwork] = []
      for seed in 1...(setting.isSmoke ? 1 : 3) as ClosedRange<UInt64> {
        networks.append(
          try await contest.prune(.preset("default"), .closedForm, epochs: epochs, seed: seed))
      }
      rows += contest.rows(networks, epochs: epochs, loss: loss)
    }
    return rows
  }
}
