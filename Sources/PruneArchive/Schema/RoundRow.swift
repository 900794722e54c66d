import GRDB
import PruneCore

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
}

extension RoundRow {
  init(_ round: PruningRound, of run: RunID) {
    self.init(
      runId: run.description, roundIndex: round.index, densityBefore: round.densityBefore,
      densityAfter: round.densityAfter, decision: round.decision, metric: round.metric,
      dropPoints: round.dropPoints, dropUpperBoundPoints: round.dropUpperBoundPoints,
      wallSeconds: round.wallSeconds, epochs: round.epochs,
      layerDensitiesJson: round.layerDensities)
  }

  var round: PruningRound {
    PruningRound(
      index: roundIndex, densityBefore: densityBefore, densityAfter: densityAfter,
      decision: decision, metric: metric ?? .nan, dropPoints: dropPoints ?? .nan,
      dropUpperBoundPoints: dropUpperBoundPoints ?? .nan, epochs: epochs,
      wallSeconds: wallSeconds, layerDensities: layerDensitiesJson)
  }
}
