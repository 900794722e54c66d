import AutoPrune
import Foundation
import TestSupport
import Testing

/// `autoprune-bench` as it was built beside these tests.
enum BenchProgram {
  static var executable: URL {
    CommandLineProgram.executable.deletingLastPathComponent()
      .appendingPathComponent("autoprune-bench")
  }

  static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: executable.path) }
}

/// Every benchmark runs at its smallest size.
@Suite("Benchmarks", .enabled(if: BenchProgram.isBuilt), .serialized)
struct BenchProgramTests {
  private static let data = PythonPackages.root.appendingPathComponent("../shared/data").path

  private func run(_ program: CommandLineProgram, _ arguments: [String]) throws
    -> CommandLineProgram.Result
  {
    try program.run(program: BenchProgram.executable.path, ["--data", Self.data] + arguments)
  }

  @Test(
    "runs at its smallest size, or says which data or peer it lacks",
    arguments: [
      "training-speed", "dense-accuracy", "mlpnet-sweep", "lenet-300-100", "fit-speed",
      "structured-speed", "resnet-aligned", "torch-pruning",
      "no-thresholds", "label-free",
      "structured-sequences", "structured-sequence-speed",
    ])
  func smoke(_ name: String) throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let result = try run(
      program, ["--smoke", "--threads", "1", "--filter", name, "--json", "rows.json"])
    #expect(result.status == 0, "\(result.error)")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: program.url("rows.json")))
        as? [[String: Any]])
    if rows.isEmpty {
      #expect(result.error.contains("\(name): skipped"), "\(result.error)")
    } else {
      for row in rows {
        #expect(row["benchmark"] as? String == name)
        #expect((row["value"] as? Double)?.isFinite == true)
      }
      #expect(result.output.contains("| \(name) |"))
    }
  }

  @Test("every benchmark is listed above")
  func listed() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let names = try run(program, ["--list"]).output.split(separator: "\n")
      .compactMap { $0.split(separator: "\t").first.map(String.init) }
    #expect(
      Set(names).isSuperset(of: [
        "training-speed", "dense-accuracy", "mlpnet-sweep", "lenet-300-100", "fit-speed",
        "no-thresholds", "label-free",
        "structured-sequences", "structured-sequence-speed",
      ]))
  }

  @Test("the README's results are those of the record, and a record makes a table")
  func readme() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let root = PythonPackages.root
    let current = try run(
      program,
      [
        "--check-readme", root.appendingPathComponent("README.md").path, "--record",
        root.appendingPathComponent("Sources/AutoPruneBench/results.json").path,
      ])
    #expect(current.status == 0, "`make readme` brings it up to date: \(current.error)")

    try Data("before\n<!-- results -->\nold\n<!-- end of results -->\nafter\n".utf8)
      .write(to: program.url("README.md"))
    let record = """
      {"entries": {"mlpnet-sweep": {"date": "2025-01-31", "machine": "m", "rows": [
        {"benchmark": "mlpnet-sweep", "setting": "lamp", "column": "0.9", "value": 90.284, "unit": "%", "repetitions": 1,
         "threads": 1, "versions": {"autoprune": "1", "engine": "e 2"}},
        {"benchmark": "mlpnet-sweep", "setting": "lamp", "column": "0.95", "value": 83.9, "spread": 0.25, "unit": "%",
         "repetitions": 5, "threads": 1, "versions": {"autoprune": "1", "engine": "e 2"}}]}}}
      """
    try Data(record.utf8).write(to: program.url("record.json"))
    let stale = try run(program, ["--check-readme", "README.md", "--record", "record.json"])
    #expect(stale.status != 0)
    let made = try run(program, ["--render-readme", "README.md", "--record", "record.json"])
    #expect(made.status == 0, "\(made.error)")
    let text = try String(contentsOf: program.url("README.md"), encoding: .utf8)
    #expect(text.hasPrefix("before\n") && text.hasSuffix("after\n"))
    #expect(text.contains("| lamp, at 0.9 / 0.95 | 90.28 / 83.9 ± 0.25 % |  |  |"))
    #expect(text.contains("`autoprune-bench --filter mlpnet-sweep`, 2025-01-31, m, e 2"))
    #expect(
      try run(program, ["--check-readme", "README.md", "--record", "record.json"]).status == 0)
  }
}
