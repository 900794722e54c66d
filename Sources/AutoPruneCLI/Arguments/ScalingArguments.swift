import ArgumentParser
import AutoPrune
import Foundation

/// How examples are scaled and split where data is not always needed.
struct ScalingArguments: ParsableArguments {
  @Option(help: "Mean per channel after scaling to 0…1, comma-separated.")
  var mean: NumberList = NumberList(values: [])

  @Option(help: "Standard deviation per channel, comma-separated.")
  var std: NumberList = NumberList(values: [])

  @Flag(help: "Leave the numbers alone: no scaling to 0…1.")
  var raw = false

  @Option(help: "Seed of the fit/search/certify split; use the same for `train` and `prune`.")
  var splitSeed: UInt64 = 0

  /// - Parameter context: characters per example of a text.
  func load(_ path: String, context: Int? = nil) throws -> DataSet {
    var options = DataOptions(
      mean: mean.values.map { Float($0) }, standardDeviation: std.values.map { Float($0) },
      isRaw: raw)
    if let context { options.context = context }
    if path == "digits", !FileManager.default.fileExists(atPath: path) {
      return try .digits(options: options)
    }
    return try DataSet(contentsOf: URL(fileURLWithPath: path), options: options)
  }
}

/// A predictor by name or file.
struct PredictorArguments: ParsableArguments {
  @Option(
    help:
      "A shipped preset by name, or a preset file. In place of default, other granularities than element have a preset each."
  )
  var predictor = "default"

  func makeRanking() throws -> Ranking {
    if predictor.contains("/") || predictor.hasSuffix(".json") {
      return try .preset(contentsOf: URL(fileURLWithPath: predictor))
    }
    return try .preset(predictor)
  }
}
