public import Foundation
public import PruneArchive
import PruneCore
import PruneData

extension RunArchive {
  /// Writes `runs.npz`, `rounds.npz` and one `samples-RUN-POSITION-KIND.npz` per sample table into a folder, for
  /// `numpy.load`: one array per column, named as in the CSV export and, in samples, as the features are.
  ///
  /// Numbers are float64, in samples float32, NaN where the archive has no value. `run_id` is `uint8`, `[rows, 36]`: with
  /// NumPy, `run_id.view("S36").ravel()` gives the ids.
  /// - Parameters:
  ///   - folder: target folder, created where absent; files of the same names are replaced.
  ///   - wanted: runs to export; `nil` for all.
  /// - Returns: files written.
  /// - Throws: ``ArchiveError``, ``DataError``.
  public func exportNPZ(to folder: URL, runs wanted: [RunID]? = nil) throws -> [URL] {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw ArchiveError.cannotExport(file: folder.path, reason: error.localizedDescription)
    }
    let chosen = wanted.map(Set.init)
    let summaries = try runs().filter { chosen?.contains($0.id) ?? true }
    if let missing = chosen?.subtracting(summaries.map(\.id)).first {
      throw ArchiveError.unknownRun(file: path, run: missing.description)
    }
    var files = [folder.appendingPathComponent("runs.npz")]
    try NumberedRows(runs: summaries).write(to: files[0])
    var rounds = NumberedRows()
    for summary in summaries {
      let run = try run(summary.id)
      for round in run.rounds { rounds.append(round, of: summary.id) }
      let tables = try samples(of: summary.id)
      for (samples, table) in zip(run.samples, tables) {
        let name = "samples-\(summary.id)-\(samples.position)-\(samples.kind.rawValue).npz"
        var file = NPZFile()
        for column in table.columns {
          file[column.name] = HostTensor(column.values, shape: [column.values.count])
        }
        files.append(folder.appendingPathComponent(name))
        try file.write(to: files[files.count - 1])
      }
    }
    files.insert(folder.appendingPathComponent("rounds.npz"), at: 1)
    try rounds.write(to: files[1])
    return files
  }
}

/// Rows of numbers, each with the id of the run that it belongs to.
private struct NumberedRows {
  private var ids: [UInt8] = []
  private var names: [String] = []
  private var columns: [String: [Double]] = [:]
  private var count = 0

  init() {}

  init(runs: [RunSummary]) {
    for run in runs {
      let (record, result) = (run.record, run.result)
      append(
        run.id,
        [
          ("started_unix_seconds", run.startedAt.timeIntervalSince1970),
          ("finished_unix_seconds", run.finishedAt?.timeIntervalSince1970),
          ("is_finished", run.status == .finished ? 1 : 0),
          ("train_examples", Double(record.data.trainExamples)),
          ("dense_metric", record.dense.metric),
          ("dense_parameters", Double(record.dense.cost.parameters)),
          ("dense_nonzero", Double(record.dense.cost.nonzero)),
          ("dense_macs", Double(record.dense.cost.macs)),
          ("pruned_metric", result?.pruned?.metric),
          ("pruned_nonzero", result?.pruned.map { Double($0.cost.nonzero) }),
          ("pruned_sparse_macs", result?.pruned.map { Double($0.cost.sparseMACs) }),
          ("certificate_max_drop_points", result?.certificate?.maxDropPoints),
          ("certificate_drop_upper_bound_points", result?.certificate?.dropUpperBoundPoints),
          ("wall_seconds", result?.wallSeconds),
          ("evaluations", result.map { Double($0.evaluations) }),
          ("epochs", result?.epochs), ("rounds", Double(run.roundCount)),
        ])
    }
  }

  mutating func append(_ round: PruningRound, of run: RunID) {
    append(
      run,
      [
        ("round_index", Double(round.index)), ("density_before", round.densityBefore),
        ("density_after", round.densityAfter),
        ("is_accepted", round.decision == .accepted ? 1 : 0), ("metric", round.metric),
        ("drop_points", round.dropPoints),
        ("drop_upper_bound_points", round.dropUpperBoundPoints),
        ("wall_seconds", round.wallSeconds), ("epochs", round.epochs),
      ])
  }

  private mutating func append(_ run: RunID, _ row: [(name: String, value: Double?)]) {
    ids += Array(run.description.utf8)
    names = row.map(\.name)
    count += 1
    for (name, value) in row { columns[name, default: []].append(value ?? .nan) }
  }

  func write(to url: URL) throws {
    var file = NPZFile()
    file["run_id"] = HostTensor(shape: [count, 36], storage: .uint8(ids))
    for name in names {
      file[name] = HostTensor(shape: [count], storage: .float64(columns[name] ?? []))
    }
    try file.write(to: url)
  }
}
