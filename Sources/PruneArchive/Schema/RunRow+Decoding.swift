import Foundation
import PruneCore

/// A stored value that no version of this program writes.
struct UnexpectedValue: Error, CustomStringConvertible {
  let column: String
  let value: String
  var description: String { "\(column) holds '\(value)'" }
}

extension RunRow {
  func summary(roundCount: Int) throws -> RunSummary {
    guard let runID = RunID(id) else { throw UnexpectedValue(column: "runs.id", value: id) }
    return RunSummary(
      id: runID, record: try record(), status: status,
      startedAt: Date(timeIntervalSince1970: startedUnixSeconds),
      finishedAt: finishedUnixSeconds.map { Date(timeIntervalSince1970: $0) }, result: result(),
      roundCount: roundCount)
  }

  private func record() throws -> RunRecord {
    guard let seed = UInt64(seed) else { throw UnexpectedValue(column: "runs.seed", value: seed) }
    guard let importance = ImportanceSource(kind: importanceKind, name: importanceName) else {
      throw UnexpectedValue(column: "runs.importance_kind", value: importanceKind)
    }
    guard let granularity = Granularity(archived: granularity) else {
      throw UnexpectedValue(column: "runs.granularity", value: granularity)
    }
    return RunRecord(
      network: NetworkFingerprint(
        architecture: architecture, layers: layersJson, structureHash: structureHash,
        weightsHash: weightsHash),
      data: DataFingerprint(name: dataName, hash: dataHash, trainExamples: trainExamples),
      seed: seed, versions: versionsJson, commandLine: commandLineJson, importance: importance,
      granularity: granularity,
      budget: try BudgetColumns(kind: budgetKind, value: budgetValue).budget(),
      metric: metricName,
      dense: Measurement(
        metric: denseMetric ?? .nan,
        cost: Cost(
          parameters: denseParameters, nonzero: denseNonzero, macs: denseMacs,
          sparseMACs: denseSparseMacs, fileBytes: denseFileBytes,
          latencySeconds: denseLatencySeconds)))
  }

  private func result() -> RunResult? {
    guard let wallSeconds else { return nil }
    return RunResult(
      pruned: pruned(), certificate: certificate(), wallSeconds: wallSeconds,
      evaluations: evaluations ?? 0, epochs: epochs ?? 0, message: message ?? "")
  }

  private func pruned() -> Measurement? {
    guard let prunedParameters, let prunedNonzero, let prunedMacs, let prunedSparseMacs,
      let prunedFileBytes
    else { return nil }
    return Measurement(
      metric: prunedMetric ?? .nan,
      cost: Cost(
        parameters: prunedParameters, nonzero: prunedNonzero, macs: prunedMacs,
        sparseMACs: prunedSparseMacs, fileBytes: prunedFileBytes,
        latencySeconds: prunedLatencySeconds))
  }

  private func certificate() -> Certificate? {
    guard let certificateMaxDropPoints, let certificateConfidence,
      let certificateDropUpperBoundPoints, let certificateSamples, let certificateRegressed,
      let certificateRecovered
    else { return nil }
    return Certificate(
      maxDropPoints: certificateMaxDropPoints, confidence: certificateConfidence,
      dropUpperBoundPoints: certificateDropUpperBoundPoints, samples: certificateSamples,
      regressed: certificateRegressed, recovered: certificateRecovered)
  }
}
