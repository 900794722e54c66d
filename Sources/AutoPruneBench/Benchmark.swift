import AutoPrune
import Foundation
import TorchBackend

/// One measurement that the README states.
protocol Benchmark: SendableMetatype {
  static var name: String { get }
  static var summary: String { get }
  static func run(_ setting: BenchSetting) async throws -> [BenchRow]
}

/// What every benchmark is given.
struct BenchSetting: Sendable {
  let data: URL
  let isSmoke: Bool
  let threads: Int
  let versions: Versions

  func require(_ path: String) throws -> URL {
    let url = data.appendingPathComponent(path)
    guard FileManager.default.fileExists(atPath: url.path) else { throw DataAbsent(path: url.path) }
    return url
  }
}

struct DataAbsent: Error, CustomStringConvertible {
  let path: String
  var remedy = "give its folder with --data"
  var description: String { "'\(path)' is absent; \(remedy)" }
}

/// Versions that a figure depends on.
struct Versions: Codable, Hashable, Sendable {
  let autoprune: String
  let engine: String

  init(threads: Int) throws {
    autoprune = AutoPruneVersion.text
    let identity = try TorchEngine(threads: threads).identity
    engine = "\(identity.name) \(identity.version)"
  }
}

/// One figure with its spread and, where there is one, its peer's.
struct BenchRow: Codable, Hashable, Sendable {
  let benchmark: String
  let setting: String
  /// Where the benchmark is a grid, such as of sparsities.
  var column: String?
  let value: Double
  let unit: String
  /// Standard deviation over seeds, or half the interquartile range over repetitions.
  var spread: Double?
  var repetitions: Int = 1
  /// The same figure for the peer named.
  var peer: Double?
  var peerName: String?
  /// What was asked for, where a figure was promised.
  var target: Double?
  let threads: Int
  let versions: Versions
}

/// Rows as they are printed.
struct MarkdownTable {
  let text: String

  init(_ rows: [BenchRow]) {
    var lines = [
      "| benchmark | setting | value | spread | peer | wanted |", "|---|---|---|---|---|---|",
    ]
    for row in rows {
      let peer = row.peer.map { "\(Self.number($0)) (\(row.peerName ?? "peer"))" } ?? ""
      lines.append(
        "| \(row.benchmark) | \(row.setting)\(row.column.map { " at \($0)" } ?? "") | \(Self.number(row.value)) \(row.unit) | "
          + "\(row.spread.map { "± \(Self.number($0)) (\(row.repetitions))" } ?? "") | \(peer) | \(row.target.map(Self.number) ?? "") |"
      )
    }
    text = lines.joined(separator: "\n")
  }

  static func number(_ value: Double) -> String {
    abs(value) >= 1000 ? String(format: "%.0f", value) : String(format: "%.4g", value)
  }
}
