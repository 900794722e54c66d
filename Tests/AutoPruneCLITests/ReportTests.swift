import AutoPrune
import Foundation
import TestSupport
import Testing

/// What a run leaves to look at: the page, read by a browser, and the log, read by TensorBoard.
@Suite("Reports", .enabled(if: CommandLineProgram.isBuilt), .serialized)
struct ReportTests {
  static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Findings: Decodable {
    let problems: [String]
    let figures: Int
    let marks: Int
    let pictures: Int
    let paths: [String]
  }

  private func prepared() throws -> CommandLineProgram {
    let program = try CommandLineProgram()
    try ClusterFile(examples: 1_000).writeNPZ(to: program.url("data.npz"))
    #expect(try program.run("new", "mlp:2-24-16-3", "-o", "new.onnx", "--seed", "3").status == 0)
    let trained = try program.run(
      "train", "new.onnx", "--data", "data.npz", "--raw", "--epochs", "8", "--learning-rate",
      "0.01", "--batch-size", "32", "-o", "dense.onnx", "-q")
    #expect(trained.status == 0, "\(trained.error)")
    return program
  }

  private func prune(_ program: CommandLineProgram, _ options: [String]) throws -> PruneReport {
    let result = try program.run(
      ["prune", "dense.onnx", "--data", "data.npz", "--raw", "--batch-size", "32"] + options + [
        "--no-archive", "--json", "run.json", "-o", "small.onnx", "-q",
      ])
    #expect(result.status == 0, "\(result.error)")
    return try JSONDecoder().decode(
      PruneReport.self, from: Data(contentsOf: program.url("run.json")))
  }

  @Test(
    "a browser shows the page, and TensorBoard the log, with the numbers of the JSON",
    .enabled(
      if: browser != nil && TensorBoardPackage.isThere,
      "needs chromium and tensorboard; `make venv` installs them"),
    arguments: [
      ["--max-drop", "4", "--fine-tune", "1"], ["--sparsity", "0.5", "--criterion", "apoz"],
    ])
  func page(_ options: [String]) throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let report = try prune(
      program, options + ["--report", "<page> & 'more'.html", "--tensorboard", "logs/run"])
    let script = PythonPackages.root
      .appendingPathComponent("Tests/AutoPruneCLITests/Golden/check_report.py")
    let output = try PythonPackages.run(
      script,
      [try #require(Self.browser), program.path("<page> & 'more'.html"), program.path("run.json")])
    let findings = try JSONDecoder().decode(Findings.self, from: output)
    #expect(findings.problems.isEmpty, "\(findings.problems.joined(separator: "\n"))")
    let usesPredictor = report.selectedBy.map { !$0.hasPrefix("criterion:") } ?? false
    #expect(!usesPredictor || !options.contains("--criterion"))
    let features = report.features ?? []
    #expect(features.isEmpty != usesPredictor)
    if usesPredictor { #expect(features.reduce(0) { $0 + $1.separation } > 0) }
    let sizes = features.map(\.separation.magnitude)
    #expect(zip(sizes, sizes.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(findings.pictures == (usesPredictor ? 3 : 2) + report.layers.count)
    #expect(findings.marks >= report.rounds.count + report.layers.count)
    for path in [
      "dense.metric", "pruned.metric", "pruned.nonzero", "pruned.macs", "pruned.fileBytes",
      "pruned.latencySeconds", "sparsity", "seconds", "layers.0.sparsity", "rounds.0.metric",
    ] { #expect(findings.paths.contains(path), "the page lacks \(path)") }
    if report.certificate != nil {
      #expect(findings.paths.contains("certificate.dropUpperBoundPoints"))
    }
    let page = try String(contentsOf: program.url("<page> & 'more'.html"), encoding: .utf8)
    #expect(page.contains("autoprune prune dense.onnx --data data.npz --raw"))
    #expect(page.contains("&lt;page&gt; &amp; "))
    #expect(page.contains("libtorch") && page.contains("GSL"))
    try expectEvents(try TensorBoardPackage.read(program.url("logs/run")), tell: report)
  }

  @Test(
    "the page says what became of the removed weights",
    arguments: [
      (["--granularity", "channel"], "are cut out or zero", "Whole units were cut out"),
      (["--granularity", "element"], "are zero", "Zeros are stored as zeros"),
    ])
  func storage(_ options: [String], _ fate: String, _ note: String) throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let report = try prune(program, options + ["--sparsity", "0.5", "--report", "page.html"])
    #expect((report.pruned.parameters < report.dense.parameters) == options.contains("channel"))
    let page = try String(contentsOf: program.url("page.html"), encoding: .utf8)
    #expect(page.contains("of the prunable weights \(fate)."))
    #expect(page.contains(note))
    #expect(page.contains("Zeros are stored") != options.contains("channel"))
  }

  @Test(
    "table, progress, JSON and page name who selected, and features show where they did",
    arguments: [
      (["--criterion", "lamp"], ["criterion:lamp"]),
      (["--no-adapt"], ["predictor:default", "prior"]),
    ])
  func selection(_ options: [String], _ sources: [String]) throws {
    let program = try prepared()
    defer { try? program.removeFolder() }
    let result = try program.run(
      [
        "prune", "dense.onnx", "--data", "data.npz", "--raw", "--sparsity", "0.5",
        "--no-compensate", "--no-archive", "--json", "run.json", "--report", "page.html", "-o",
        "small.onnx",
      ] + options)
    #expect(result.status == 0, "\(result.error)")
    let report = try JSONDecoder().decode(
      PruneReport.self, from: Data(contentsOf: program.url("run.json")))
    let source = try #require(report.selectedBy)
    #expect(sources.contains(source))
    #expect(result.output.contains("Selected by \(source)."))
    #expect(result.error.contains("  by \(source)\n"), "\(result.error)")
    let page = try String(contentsOf: program.url("page.html"), encoding: .utf8)
    let showsFeatures = !source.hasPrefix("criterion:")
    #expect(page.contains("Influence of each feature") == showsFeatures)
    #expect(page.contains("The criterion “lamp” selected what is kept") != showsFeatures)
  }

  private func expectEvents(_ events: TensorBoardPackage.Contents, tell report: PruneReport) throws
  {
    let rounds = report.rounds
    #expect(events.scalars["search/accuracy"]?.map(\.[0]) == (0...rounds.count).map(Double.init))
    for (round, point) in zip(rounds, events.scalars["search/accuracy"]?.dropFirst() ?? []) {
      #expect(abs(round.metric - point[1]) < 1e-6)
    }
    for (position, layer) in report.layers.enumerated() {
      let points = try #require(events.scalars["sparsity/\(layer.name)"])
      #expect(points.count == rounds.count)
      for (round, point) in zip(rounds, points) {
        #expect(abs(1 - round.layerDensities[position] - point[1]) < 1e-6)
      }
      let histograms = try #require(events.histograms["weights/\(layer.name)"])
      #expect(histograms.map(\.step) == Array(0...rounds.count))
      let count = Double(layer.shape.reduce(1, *))
      for (round, histogram) in zip(rounds, histograms.dropFirst()) {
        #expect(histogram.num == (count * round.layerDensities[position]).rounded())
      }
    }
  }

  @Test("a report that cannot be written is refused before any work")
  func refusedEarly() throws {
    let program = try CommandLineProgram()
    defer { try? program.removeFolder() }
    try ClusterFile(examples: 90).writeNPZ(to: program.url("data.npz"))
    #expect(try program.run("new", "mlp:2-8-3", "-o", "dense.onnx").status == 0)
    for options in [["--report", "absent/page.html"], ["--tensorboard", "/dev/null/logs"]] {
      let result = try program.run(
        [
          "prune", "dense.onnx", "--data", "data.npz", "--raw", "--sparsity", "0.5",
          "--no-archive", "-o", "out.onnx",
        ] + options)
      #expect(result.status == 74, "\(options): \(result.error)")
      #expect(!result.error.contains("round"))
      #expect(!FileManager.default.fileExists(atPath: program.path("out.onnx")))
    }
  }
}
