import ArgumentParser
import AutoPrune
import Foundation

@main
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoprune-bench",
    abstract: "Makes every figure that README and Results.md state, beside its peer, in one run.",
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

  @Option(help: "Take the rows into this record, where those of other benchmarks stay.")
  var record: String?

  @Option(help: "Make the results in this text anew from --record; nothing is measured.")
  var render: [String] = []

  @Option(help: "Fail unless the results in this text are those of --record; nothing is measured.")
  var check: [String] = []

  @Option(help: "Threads of the engine and of its peers; all cores by default.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  static let benchmarks: [any Benchmark.Type] = [
    TrainingSpeed.self, FitSpeed.self, Scoring.self, DenseAccuracy.self, SparsitySweep.self,
    CompensatedSweep.self, BudgetedPruning.self, BudgetHolds.self, KillAndResume.self,
    StructuredResNet.self, AlignedResNet.self, StructuredSpeed.self, TorchPruning.self,
    StructuredZoo.self,
    PrunableChannels.self, StructuredSequences.self, FiveEpochs.self, LeNet300.self,
    LeNet5Sparsity.self, NoThresholds.self, LabelFree.self,
    SequenceSpeed.self,
  ]

  func run() async throws {
    let chosen = Self.benchmarks.filter { filter.map($0.name.contains) ?? true }
    if list {
      for benchmark in chosen { print("\(benchmark.name)\t\(benchmark.summary)") }
      return
    }
    guard render.isEmpty, check.isEmpty else { return try bringUpToDate() }
    let setting = BenchSetting(
      data: URL(fileURLWithPath: data), isSmoke: smoke, threads: threads,
      versions: try Versions(threads: threads))
    var rows: [BenchRow] = []
    for benchmark in chosen {
      FileHandle.standardError.write(Data("\(benchmark.name): \(benchmark.summary)\n".utf8))
      do {
        let measured = try await benchmark.run(setting)
        rows += measured
        try take(measured)
      } catch let absent as DataAbsent {
        FileHandle.standardError.write(Data("\(benchmark.name): skipped, \(absent)\n".utf8))
      }
    }
    print(MarkdownTable(rows).text)
    if let json { try write(rows, to: json) }
  }

  /// Takes rows into the record at once, so that the failure of a later benchmark does not lose them.
  private func take(_ rows: [BenchRow]) throws {
    guard let record, !smoke else { return }
    let file = URL(fileURLWithPath: record)
    var known = try BenchRecord(contentsOf: file)
    known.take(rows)
    try known.write(to: file)
  }

  func validate() throws {
    if record == nil, !(render + check).isEmpty {
      throw ValidationError("results are made from a record; name it with --record")
    }
  }

  /// Renders or checks the results in the texts given.
  private func bringUpToDate() throws {
    let known = try BenchRecord(contentsOf: URL(fileURLWithPath: record ?? ""))
    let order = Self.benchmarks.map { (name: $0.name, summary: $0.summary) }
    for path in render + check {
      let file = URL(fileURLWithPath: path)
      let section = try ResultsSection(contentsOf: file)
      let table =
        switch section.extent {
        case .digest: ResultsDigest(known).text
        case .all: ResultsTable(known, order: order).text
        }
      if render.contains(path) {
        try FileContents.write(Array(section.replaced(by: table).utf8), to: file)
      } else if section.results != table {
        throw ValidationError("'\(path)' has other results than the record")
      }
    }
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
