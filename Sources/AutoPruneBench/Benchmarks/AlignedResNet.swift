import AutoPrune
import Foundation
import TorchBackend

/// ResNet-20 with twice fewer MACs in numbers of channels that fill a runtime's vectors, residual
/// branches gone whole: what is left of the accuracy, and how much faster that very network is.
enum AlignedResNet: Benchmark {
  static let name = "resnet-aligned"
  static let summary =
    "as resnet-structured, by --granularity auto --align 16: test accuracy, and times as fast as dense (1.5 promised)"

  static func run(_ setting: BenchSetting) async throws -> [BenchRow] {
    let contest = try await ResidualContest(name, setting)
    let folder = try ScratchFolder(name)
    defer { folder.discard() }
    var rows = [contest.denseRow]
    for (epochs, loss) in contest.targets {
      let network = try await contest.prune(
        .preset("default"), .closedForm, epochs: epochs, seed: 1, granularity: .auto,
        alignment: 16)
      rows += contest.rows([network], epochs: epochs, loss: loss)
      rows += try SpeedComparison(of: network.graph, against: contest.graph, in: folder, setting)
        .rows(of: name, label: "\(Int(epochs)) epochs", target: 1.5)
    }
    return rows
  }
}
