import AutoPrune
import Foundation
import TorchBackend

/// A measurement whose figures `Results.md` states, and the README some of them.
protocol Benchmark: SendableMetatype {
  static var name: String { get }
  static var summary: String { get }
  static func run(_ setting: BenchSetting) async throws -> [BenchRow]
}

/// Settings that every benchmark is given.
struct BenchSetting: Sendable {
  /// Folder of the data.
  let data: URL
  /// `true` for the smallest sizes.
  let isSmoke: Bool
  let threads: Int
  let versions: Versions

  /// Location of a file or folder of the data.
  ///
  /// - Throws: ``DataAbsent``.
  func require(_ path: String) throws -> URL {
    let url = data.appendingPathComponent(path)
    guard FileManager.default.fileExists(atPath: url.path) else { throw DataAbsent(path: url.path) }
    return url
  }
}

/// Data or a peer that a benchmark needs is absent; the benchmark is then skipped.
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

/// Mean, deviation and quantiles of repeated measurements.
enum Spread {
  static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

  static func halfInterquartileRange(_ values: [Double]) -> Double {
    (quantile(values, 0.75) - quantile(values, 0.25)) / 2
  }

  static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
  }

  static func standardDeviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = mean(values)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
      .squareRoot()
  }

  private static func quantile(_ values: [Double], _ fraction: Double) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.last else { return .nan }
    let position = fraction * Double(sorted.count - 1)
    let lower = Int(position)
    guard lower + 1 < sorted.count else { return last }
    return sorted[lower] + (position - Double(lower)) * (sorted[lower + 1] - sorted[lower])
  }
}
