import Foundation
import GRDB
import PruneCore

/// A row of the table `runs`; property names are the column names in camel case.
struct RunRow: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "runs"
  static let databaseColumnEncodingStrategy = DatabaseColumnEncodingStrategy.convertToSnakeCase
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var id: String
  var revision: Int
  var status: RunStatus
  var startedUnixSeconds: Double
  var finishedUnixSeconds: Double?
  var writerHost: String
  var writerProcess: String
  var architecture: String
  var layersJson: [NetworkFingerprint.Layer]
  var structureHash: String
  var weightsHash: String
  var dataName: String
  var dataHash: String
  var trainExamples: Int
  var seed: String
  var versionsJson: [String: String]
  var commandLineJson: [String]
  var importanceKind: String
  var importanceName: String
  var granularity: String
  var budgetKind: String
  var budgetValue: Double
  var metricName: Metric
  var denseMetric: Double?
  var denseParameters: Int
  var denseNonzero: Int
  var denseMacs: Int
  var denseSparseMacs: Int
  var denseFileBytes: Int
  var denseLatencySeconds: Double?
  var prunedMetric: Double?
  var prunedParameters: Int?
  var prunedNonzero: Int?
  var prunedMacs: Int?
  var prunedSparseMacs: Int?
  var prunedFileBytes: Int?
  var prunedLatencySeconds: Double?
  var certificateMaxDropPoints: Double?
  var certificateConfidence: Double?
  var certificateDropUpperBoundPoints: Double?
  var certificateSamples: Int?
  var certificateRegressed: Int?
  var certificateRecovered: Int?
  var wallSeconds: Double?
  var evaluations: Int?
  var epochs: Double?
  var message: String?
}

extension RunRow {
  init(_ record: RunRecord, id: RunID, startedAt: Date, writer: WriterProcess) {
    let budget = BudgetColumns(record.budget)
    let cost = record.dense.cost
    self.init(
      id: id.description, revision: 1, status: .running,
      startedUnixSeconds: startedAt.timeIntervalSince1970, writerHost: writer.host,
      writerProcess: writer.process, architecture: record.network.architecture,
      layersJson: record.network.layers, structureHash: record.network.structureHash,
      weightsHash: record.network.weightsHash, dataName: record.data.name,
      dataHash: record.data.hash, trainExamples: record.data.trainExamples,
      seed: String(record.seed), versionsJson: record.versions,
      commandLineJson: record.commandLine, importanceKind: record.importance.kind,
      importanceName: record.importance.name, granularity: record.granularity.description,
      budgetKind: budget.kind, budgetValue: budget.value, metricName: record.metric,
      denseMetric: record.dense.metric, denseParameters: cost.parameters,
      denseNonzero: cost.nonzero, denseMacs: cost.macs, denseSparseMacs: cost.sparseMACs,
      denseFileBytes: cost.fileBytes, denseLatencySeconds: cost.latencySeconds)
  }

  /// Fills the columns of the result, at the end of the run.
  mutating func set(_ result: RunResult) {
    let cost = result.pruned?.cost
    prunedMetric = result.pruned?.metric
    prunedParameters = cost?.parameters
    prunedNonzero = cost?.nonzero
    prunedMacs = cost?.macs
    prunedSparseMacs = cost?.sparseMACs
    prunedFileBytes = cost?.fileBytes
    prunedLatencySeconds = cost?.latencySeconds
    certificateMaxDropPoints = result.certificate?.maxDropPoints
    certificateConfidence = result.certificate?.confidence
    certificateDropUpperBoundPoints = result.certificate?.dropUpperBoundPoints
    certificateSamples = result.certificate?.samples
    certificateRegressed = result.certificate?.regressed
    certificateRecovered = result.certificate?.recovered
    wallSeconds = result.wallSeconds
    evaluations = result.evaluations
    epochs = result.epochs
    message = result.message
  }
}

/// A row of the table `rounds`; property names are the column names in camel case.
struct RoundRow: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "rounds"
  static let databaseColumnEncodingStrategy = DatabaseColumnEncodingStrategy.convertToSnakeCase
  static let databaseColumnDecodingStrategy = DatabaseColumnDecodingStrategy.convertFromSnakeCase

  var runId: String
  var roundIndex: Int
  var densityBefore: Double
  var densityAfter: Double
  var decision: PruningRound.Decision
  var metric: Double?
  var dropPoints: Double?
  var dropUpperBoundPoints: Double?
  var wallSeconds: Double
  var epochs: Double
  var layerDensitiesJson: [Double]
  /// Absent in archives of earlier versions that are opened for reading only.
  var selectedBy: String?
}

extension RoundRow {
  init(_ round: PruningRound, of run: RunID) {
    self.init(
      runId: run.description, roundIndex: round.index, densityBefore: round.densityBefore,
      densityAfter: round.densityAfter, decision: round.decision, metric: round.metric,
      dropPoints: round.dropPoints, dropUpperBoundPoints: round.dropUpperBoundPoints,
      wallSeconds: round.wallSeconds, epochs: round.epochs,
      layerDensitiesJson: round.layerDensities, selectedBy: round.selectedBy?.description)
  }

  var round: PruningRound {
    var round = PruningRound(
      index: roundIndex, densityBefore: densityBefore, densityAfter: densityAfter,
      decision: decision, metric: metric ?? .nan, dropPoints: dropPoints ?? .nan,
      dropUpperBoundPoints: dropUpperBoundPoints ?? .nan, epochs: epochs,
      wallSeconds: wallSeconds, layerDensities: layerDensitiesJson)
    round.selectedBy = selectedBy.flatMap { SelectionSource($0) }
    return round
  }
}
