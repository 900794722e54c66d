import AutoPrune
import Foundation
import PruneLearning
import Testing
import TorchBackend

@Suite("Runs are remembered", .serialized)
struct ArchivingTests {
  private let file = FileManager.default.temporaryDirectory
    .appendingPathComponent("runs-\(UUID().uuidString).sqlite")

  private func remove() {
    for suffix in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: file.path + suffix)
    }
  }

  private func prune(into archive: RunArchive, architecture: String) async throws -> PrunedNetwork {
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: 1), predictor: try .criterion(named: "lamp"))
    return try await pruner.prune(
      try await TrainedDigits.network.value.graph, on: try DataSet.digits(),
      options: PruningOptions(budget: .sparsity(try Sparsity(0.6)), fineTuneEpochs: 1),
      archive: ArchiveTarget(archive, commandLine: ["test"], architecture: architecture))
  }

  @Test("with rounds, result and what a predictor can learn from")
  func remembered() async throws {
    defer { remove() }
    let archive = try RunArchive(path: file.path)
    let pruned = try await prune(into: archive, architecture: "small mlp")
    let runs = try archive.runs()
    #expect(runs.count == 1)
    let summary = try #require(runs.first)
    #expect(summary.status == .finished)
    #expect(summary.record.network.architecture == "small mlp")
    #expect(summary.record.data.name == "digits")
    #expect(summary.record.commandLine == ["test"])
    #expect(summary.record.importance.name == "lamp")
    let run = try archive.run(summary.id)
    #expect(run.rounds == pruned.report.rounds)
    #expect(summary.result?.pruned?.metric == pruned.report.pruned.metric)
    #expect(summary.result?.pruned?.cost.nonzero == pruned.report.pruned.nonzero)

    let probes = try #require(try archive.samples(of: summary.id).first)
    #expect(probes.kind == .setProbes)
    #expect(probes.rowCount == 24)
    #expect(probes.columns.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
    #expect(probes["loss_change"]?.contains { $0 != 0 } == true)
    #expect(probes["set_size"]?.allSatisfy { $0 >= 1 } == true)

    let network = try #require(try LearnableNetwork.all(in: [archive]).first)
    #expect(network.group == "small mlp on digits")
    #expect(network.graph == (try await TrainedDigits.network.value.graph))
    #expect(network.fit.count > 300)
    #expect(network.held.count > 300)
  }

  @Test("equal networks are learned from once")
  func distinctNetworks() async throws {
    defer { remove() }
    let archive = try RunArchive(path: file.path)
    for _ in 0..<2 { _ = try await prune(into: archive, architecture: "twin") }
    #expect(try archive.runs().count == 2)
    #expect(try LearnableNetwork.all(in: [archive]).count == 1)
  }

  @Test("as failed where they fail")
  func failure() async throws {
    defer { remove() }
    let archive = try RunArchive(path: file.path)
    let pruner = AutoPruner(
      engine: try TorchEngine(threads: 1), predictor: try .criterion(named: "lamp"))
    // No layer's biases fit into a byte; that is found out after the run has begun.
    await #expect(throws: BudgetError.self) {
      try await pruner.prune(
        try await TrainedDigits.network.value.graph, on: try DataSet.digits(),
        options: PruningOptions(budget: .cost(.bytes, .amount(1))),
        archive: ArchiveTarget(archive))
    }
    #expect(try archive.runs().map(\.status) == [.failed])
  }
}
