import ArgumentParser
import AutoPrune
import Foundation

struct ArchiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "List, show, export, merge and check archived runs.",
    discussion: "autoprune archive list --archive runs.sqlite",
    subcommands: [List.self, Show.self, Export.self, Merge.self, Verify.self])

  /// Option for the archive that a subcommand works on.
  struct Location: ParsableArguments {
    @Option(
      help: """
        Archive of runs, an SQLite file. Default: $AUTOPRUNE_ARCHIVE, else runs.sqlite in the user's data folder.
        """)
    var archive: String?

    var path: String {
      archive ?? RunArchive.defaultURL(environment: ProcessInfo.processInfo.environment).path
    }

    func read() throws -> RunArchive { try RunArchive(path: path, access: .readOnly) }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the runs, newest last.",
      discussion: """
        autoprune archive list --archive runs.sqlite

        Metrics are of the dense network on the validation part and of the pruned one on the test part. Sparsity is the \
        share of the dense network's parameters that is zero or cut out.
        """)
    @OptionGroup var location: Location

    func run() async throws {
      try await Failure.reported {
        var table = TextTable([
          "run id", "date", "network", "data", "status", "metric", "dense metric", "pruned metric",
          "sparsity", "rounds",
        ])
        for run in try location.read().runs() {
          let metric = run.record.metric
          let pruned = run.result?.pruned
          let sparsity = pruned.map {
            1 - Double($0.cost.nonzero) / Double(max(1, run.record.dense.cost.parameters))
          }
          var row = [
            String(run.id.description.prefix(8)), run.startedAt.formatted(.iso8601),
            run.record.network.architecture, run.record.data.name, run.status.rawValue,
          ]
          row += [
            metric.rawValue, Format.metric(run.record.dense.metric, metric),
            pruned.map { Format.metric($0.metric, metric) } ?? "–",
            sparsity.map { Format.percent($0) } ?? "–", String(run.roundCount),
          ]
          table.append(row)
        }
        print(table.text)
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show one run, round by round.",
      discussion: "autoprune archive show 5f3a --archive runs.sqlite")
    @Argument(help: "Id of the run, or its first characters.")
    var identifier: String
    @OptionGroup var location: Location

    func run() async throws {
      try await Failure.reported {
        let archive = try location.read()
        let run = try archive.run(try archive.runID(startingWith: identifier))
        let record = run.summary.record
        var table = TextTable([
          "round", "sparsity", record.metric.rawValue, "drop (points)", "drop at most", "decision",
          "selected by", "epochs", "time",
        ])
        for round in run.rounds {
          table.append([
            String(round.index + 1), Format.percent(1 - round.densityAfter),
            Format.metric(round.metric, record.metric),
            Format.points(round.dropPoints),
            Format.points(round.dropUpperBoundPoints), round.decision.words,
            round.selectedBy?.description ?? "–",
            Format.points(round.epochs), Format.seconds(round.wallSeconds),
          ])
        }
        print(
          """
          run        \(run.summary.id)
          status     \(run.summary.status.rawValue)
          network    \(record.network.architecture), \(record.network.layers.count) layers
          data       \(record.data.name), \(Format.count(record.data.trainExamples)) training examples
          criterion  \(record.importance.name)
          seed       \(record.seed)
          command    \(record.commandLine.joined(separator: " "))

          \(table.text)
          """)
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write all runs as CSV or NPZ files.",
      discussion: "autoprune archive export --archive runs.sqlite -o csv/")
    @Option(help: "File format: csv, or npz for numpy.load.", transform: Self.format)
    var format = ExportFormat.csv
    @Option(
      name: [.customShort("o"), .customLong("output")],
      help: "Folder to write the files into; made if missing.")
    var folder: String
    @OptionGroup var location: Location

    func run() async throws {
      try await Failure.reported {
        let archive = try location.read()
        let target = URL(fileURLWithPath: folder)
        let files =
          switch format {
          case .csv: try archive.exportCSV(to: target)
          case .npz: try archive.exportNPZ(to: target)
          }
        print(files.map(\.path).joined(separator: "\n"))
      }
    }

    enum ExportFormat: String, CaseIterable { case csv, npz }

    private static func format(_ text: String) throws -> ExportFormat {
      guard let format = ExportFormat(rawValue: text) else {
        throw ValidationError("--format is '\(text)', expected csv or npz")
      }
      return format
    }
  }

  struct Merge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add the runs of other archives to this one.",
      discussion: "autoprune archive merge theirs.sqlite --archive runs.sqlite")
    @Argument(help: "Archives whose runs to add; they are not changed.")
    var sources: [String]
    @OptionGroup var location: Location

    func run() async throws {
      try await Failure.reported {
        let archive = try RunArchive(path: location.path)
        for source in sources {
          let report = try archive.merge(from: source)
          print(
            "\(source): \(report.added.count) added, \(report.updated.count) updated, "
              + "\(report.unchangedCount) known, \(report.lost.count) unreadable")
          for loss in report.lost {
            Console.writeWarning("run \(loss.run): \(loss.reason)")
          }
        }
      }
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read all of the archive and report damage.",
      discussion: "autoprune archive verify --archive runs.sqlite")
    @OptionGroup var location: Location

    func run() async throws {
      try await Failure.reported {
        let report = try RunArchive.verify(path: location.path)
        for problem in report.problems {
          print("\(problem.run.map { "run \($0): " } ?? "")\(problem.what)")
        }
        print("\(report.readableRunCount) of \(report.runCount) runs are readable")
        if !report.isIntact { throw Failure.badInput }
      }
    }
  }
}
