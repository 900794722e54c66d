import AutoPrune
import Foundation

/// A measured figure with its spread and, where there is one, the figure of its peer.
struct BenchRow: Codable, Hashable, Sendable {
  let benchmark: String
  let setting: String
  /// Column of a benchmark that is a grid, such as a sparsity; `nil` for others.
  var column: String?
  let value: Double
  let unit: String
  /// Standard deviation over seeds, or half the interquartile range over repetitions.
  var spread: Double?
  var repetitions: Int = 1
  /// Figure of the peer named ``peerName``.
  var peer: Double?
  var peerName: String?
  /// Figure aimed at; `nil` where none was promised.
  var target: Double?
  let threads: Int
  let versions: Versions
}

/// The rows measured last, benchmark by benchmark, from which the results in README.md and Results.md are made.
struct BenchRecord: Codable {
  /// One benchmark's rows with where and when they were measured.
  struct Entry: Codable {
    /// Day of the measurement, as 2025-01-31.
    let date: String
    let machine: String
    let rows: [BenchRow]
  }

  /// Entries by the name of the benchmark.
  var entries: [String: Entry] = [:]

  init() {}

  /// Reads a record; an absent file is an empty one.
  init(contentsOf file: URL) throws {
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    self = try JSONDecoder().decode(BenchRecord.self, from: Data(contentsOf: file))
  }

  /// Replaces the entries of the benchmarks that `rows` belong to.
  mutating func take(_ rows: [BenchRow], date: Date = Date(), machine: String = Machine.text) {
    let day = date.formatted(.iso8601.year().month().day())
    for (benchmark, rows) in Dictionary(grouping: rows, by: \.benchmark) {
      entries[benchmark] = Entry(date: day, machine: machine, rows: rows)
    }
  }

  func write(to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try FileContents.write(Array(try encoder.encode(self) + Data("\n".utf8)), to: file)
  }
}

/// Machine on which the figures were measured.
enum Machine {
  static var text: String {
    "\(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores"
  }

  /// Model name as Linux states it; `unknown processor` elsewhere.
  private static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let named = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
    guard let name = named?.split(separator: ":").last else { return "unknown processor" }
    return name.trimmingCharacters(in: .whitespaces)
  }
}
