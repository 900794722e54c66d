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

/// Benchmarks run at their smallest sizes.
@Suite("Benchmarks", .enabled(if: BenchProgram.isBuilt), .serialized)
struct BenchProgramTests {
  private static let data = PythonPackages.root.appendingPathComponent("../shared/data").path

  private static let smoked = [
    "training-speed", "dense-accuracy", "mlpnet-sweep", "lenet-300-100", "fit-speed",
    "structured-speed", "resnet-aligned", "torch-pruning", "no-thresholds", "label-free",
    "structured-sequences", "structured-sequence-speed",
  ]

  /// Benchmarks that no test runs.
  private static let leftOut = [
    "scoring", "mlpnet-compensation", "budget-holds", "kill", "resnet-structured",
    "structured-zoo", "prunable-channels", "five-epochs", "tuned-lenet300", "tuned-lenet5",
  ]

  private func run(_ program: CommandLineProgram, _ arguments: [String]) throws
    -> CommandLineProgram.Result
  {
    try program.run(program: BenchProgram.executable.path, ["--data", Self.data] + arguments)
  }

  @Test(
    "runs at its smallest size, or says which data or peer it lacks",
    arguments: smoked)
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

  @Test("every benchmark of the sources is listed, and run here or left out by name")
  func listed() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let names = try run(program, ["--list"]).output.split(separator: "\n")
      .compactMap { $0.split(separator: "\t").first.map(String.init) }
    #expect(try names.sorted() == declared().sorted())
    #expect(names.sorted() == (Self.smoked + Self.leftOut).sorted())
  }

  /// Names of the types in the sources that are benchmarks.
  private func declared() throws -> [String] {
    let sources = PythonPackages.root.appendingPathComponent("Sources/AutoPruneBench")
    let files = try #require(
      FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var names: [String] = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: #/: Benchmark \{\s*static let name = "([^"]+)"/#) {
        names.append(String(match.output.1))
      }
    }
    return names
  }

  @Test("the results of README and article are those of the record")
  func documents() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    let root = PythonPackages.root
    let current = try run(
      program,
      [
        "--check", root.appendingPathComponent("README.md").path, "--check",
        root.appendingPathComponent("Sources/AutoPrune/AutoPrune.docc/Results.md").path, "--record",
        root.appendingPathComponent("Sources/AutoPruneBench/results.json").path,
      ])
    #expect(current.status == 0, "`make readme` brings it up to date: \(current.error)")
    let readme = try ResultsSectionLines(root.appendingPathComponent("README.md"))
    #expect((3...9).contains(readme.lines.count), "the README shows six rows, not everything")
  }

  /// The lines between a text's marks.
  private struct ResultsSectionLines {
    let lines: [Substring]

    init(_ file: URL) throws {
      let text = try String(contentsOf: file, encoding: .utf8)
      let start = try #require(text.range(of: "<!-- results -->"))
      let end = try #require(text.range(of: "<!-- end of results -->"))
      lines = text[start.upperBound..<end.lowerBound].split(separator: "\n")
    }
  }

  @Test("a record makes a table of all figures, one per cell, and a digest of those that matter")
  func tables() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    try Data("before\n<!-- all results -->\nold\n<!-- end of all results -->\nafter\n".utf8)
      .write(to: program.url("Results.md"))
    try Data("before\n<!-- results -->\nold\n<!-- end of results -->\nafter\n".utf8)
      .write(to: program.url("README.md"))
    try Data("no marks\n".utf8).write(to: program.url("other.md"))
    func row(_ benchmark: String, _ setting: String, _ more: String) -> String {
      """
      {"benchmark": "\(benchmark)", "setting": "\(setting)", \(more), "threads": 1,
       "versions": {"autoprune": "1", "engine": "e 2"}}
      """
    }
    func entry(_ name: String, _ date: String, _ rows: [String]) -> String {
      "\"\(name)\": {\"date\": \"\(date)\", \"machine\": \"m\", \"rows\": [\(rows.joined(separator: ","))]}"
    }
    let sweep = [
      row(
        "mlpnet-sweep", "lamp", #""column": "0.9", "value": 90.284, "unit": "%", "repetitions": 1"#),
      row(
        "mlpnet-sweep", "lamp",
        #""column": "0.95", "value": 83.9, "spread": 0.25, "unit": "%", "repetitions": 5"#),
      row("mlpnet-sweep", "wanda", #""column": "0.9", "value": 88, "unit": "%", "repetitions": 1"#),
      row(
        "mlpnet-sweep", "magnitude",
        #""column": "0.95", "value": 83.64, "unit": "%", "repetitions": 1"#),
      row(
        "mlpnet-sweep", "default",
        #""column": "0.95", "value": 88.83, "spread": 0.96, "unit": "%", "repetitions": 5"#),
    ]
    let networks = ["MLP, clusters", "CNN, MNIST"].flatMap { network in
      [
        row(
          "no-thresholds", "\(network), certified sparsity",
          #""value": 90, "unit": "%", "repetitions": 1, "peer": 85, "peerName": "grid", "target": 85"#
        ),
        row("no-thresholds", "\(network), epochs", #""value": 15, "unit": "", "repetitions": 1"#),
      ]
    }
    let zoo = (1...9).map { number in
      row(
        "structured-zoo", "MACs left",
        #""column": "model \#(number)", "value": \#(40 + number), "unit": "%", "repetitions": 1"#)
    }
    let entries = [
      entry("mlpnet-sweep", "2025-01-31", sweep), entry("no-thresholds", "2025-02-01", networks),
      entry("structured-zoo", "2025-02-03", zoo),
    ]
    try Data("{\"entries\": {\(entries.joined(separator: ","))}}".utf8)
      .write(to: program.url("record.json"))
    let documents = ["README.md", "Results.md"]
    for document in documents + ["other.md"] {
      #expect(try run(program, ["--check", document, "--record", "record.json"]).status != 0)
    }
    let made = try run(
      program, documents.flatMap { ["--render", $0] } + ["--record", "record.json"])
    #expect(made.status == 0, "\(made.error)")
    let all = try String(contentsOf: program.url("Results.md"), encoding: .utf8)
    #expect(all.hasPrefix("before\n") && all.hasSuffix("after\n"))
    #expect(all.contains("| lamp, at 0.9 | 90.28 % |  |  |\n"))
    #expect(all.contains("| lamp, at 0.95 | 83.9 ± 0.25 % |  |  |\n"))
    #expect(all.contains("| MLP, clusters, certified sparsity | 90 % | 85 %, grid | 85 % |\n"))
    #expect(all.contains("| CNN, MNIST, epochs | 15 |  |  |\n"))
    #expect(all.contains("| MACs left, least of 9: model 1 | 41 % |  |  |\n"))
    #expect(all.contains("| MACs left, greatest of 9: model 9 | 49 % |  |  |\n"))
    #expect(!all.contains("model 5"))
    #expect(all.contains("`autoprune-bench --filter mlpnet-sweep`, 2025-01-31, m, e 2\n"))
    let digest = try String(contentsOf: program.url("README.md"), encoding: .utf8)
    #expect(digest.hasPrefix("before\n") && digest.hasSuffix("after\n"))
    #expect(
      digest.contains(
        " | 88.83 ± 0.96 % | 83.64 %, magnitude |  | `autoprune-bench --filter mlpnet-sweep` |\n"))
    #expect(
      digest.contains(
        " | 90 % | 85 %, grid | 85 % | `autoprune-bench --filter no-thresholds` |\n"))
    #expect(!digest.contains("lamp") && !digest.contains("epochs"))
    #expect(digest.contains("Measured 2025-01-31 to 2025-02-01 on m, with e 2."))
    let checked = try run(
      program, documents.flatMap { ["--check", $0] } + ["--record", "record.json"])
    #expect(checked.status == 0)
  }
}
