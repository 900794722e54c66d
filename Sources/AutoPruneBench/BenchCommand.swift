import ArgumentParser
import AutoPrune
import Foundation

@main
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoprune-bench",
    abstract: "Makes every figure that the README states, beside its peer, in one run.",
    discussion:
      "Data is looked for in --data; a benchmark whose data is absent is skipped and says so.")

  @Option(help: "Run only benchmarks whose name contains this.")
  var filter: String?

  @Option(help: "Folder with mnist/ and mlpnet-mnist/.")
  var data = "../shared/data"

  @Flag(help: "Smallest sizes: does it run at all?")
  var smoke = false

  @Flag(help: "List the benchmarks.")
  var list = false

  @Option(help: "Write the rows as JSON to this file, or to standard output with `-`.")
  var json: String?

  @Option(help: "Threads of the engine and of its peers; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  static let benchmarks: [any Benchmark.Type] = [
    TrainingSpeed.self, FitSpeed.self, Scoring.self, DenseAccuracy.self, SparsitySweep.self,
    CompensatedSweep.self, BudgetedPruning.self, BudgetHolds.self, KillAndResume.self,
    StructuredResNet.self, StructuredZoo.self, PrunableChannels.self,
    FiveEpochs.self, LeNet300.self, LeNet5Sparsity.self,
  ]

  func run() async throws {
    let chosen = Self.benchmarks.filter { filter.map($0.name.contains) ?? true }
    if list {
      for benchmark in chosen { print("\(benchmark.name)\t\(benchmark.summary)") }
      return
    }
    let setting = BenchSetting(
      data: URL(fileURLWithPath: data), isSmoke: smoke, threads: threads,
      versions: try Versions(threads: threads))
    var rows: [BenchRow] = []
    for benchmark in chosen {
      FileHandle.standardError.write(Data("\(benchmark.name): \(benchmark.summary)\n".utf8))
      do {
        rows += try await benchmark.run(setting)
      } catch let absent as DataAbsent {
        FileHandle.standardError.write(Data("\(benchmark.name): skipped, \(absent)\n".utf8))
      }
    }
    print(MarkdownTable(rows).text)
    if let json { try write(rows, to: json) }
  }

  private func write(_ rows: [BenchRow], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(rows) + Data("\n".utf8)
    if path == "-" {
      try FileHandle.standardOutput.write(contentsOf: data)
    } else {
      try FileContents.write(Array(data), to: URL(fileURLWithPath: path))
    }
  }
}
