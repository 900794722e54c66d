import AutoPrune
import Foundation

/// What was measured last, benchmark by benchmark: what the README's results are made from.
struct BenchRecord: Codable {
  /// One benchmark's rows with where and when they were measured.
  struct Entry: Codable {
    /// Day of the measurement, as 2025-01-31.
    let date: String
    let machine: String
    let rows: [BenchRow]
  }

  /// By the name of the benchmark.
  var entries: [String: Entry] = [:]

  init() {}

  /// An absent file is an empty record.
  init(contentsOf file: URL) throws {
    guard FileManager.default.fileExists(atPath: file.path) else { return }
    self = try JSONDecoder().decode(BenchRecord.self, from: Data(contentsOf: file))
  }

  /// Replaces what was known of the benchmarks that `rows` are of.
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

/// What the figures were measured on.
enum Machine {
  static var text: String {
    "\(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores"
  }

  /// As Linux names it; the architecture elsewhere.
  private static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let named = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
    guard let name = named?.split(separator: ":").last else { return "unknown processor" }
    return name.trimmingCharacters(in: .whitespaces)
  }
}
