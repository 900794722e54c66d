import ArgumentParser
import AutoPrune
import Foundation

/// Where the examples are and how they are scaled.
struct DataArguments: ParsableArguments {
  @Option(
    help: """
      Folder of IDX files, .npy files, CIFAR-10 binaries or images (train/CLASS/*.png), an .npz, or a CSV \
      with the label last; `digits` for the data that comes with the program.
      """)
  var data: String

  @Option(help: "Mean per channel after scaling to 0…1, comma-separated.")
  var mean: NumberList = NumberList(values: [])

  @Option(help: "Standard deviation per channel, comma-separated.")
  var std: NumberList = NumberList(values: [])

  @Flag(help: "Leave the numbers alone: no scaling to 0…1.")
  var raw = false

  @Option(help: "Seed of the fit/search/certify split; use the same for `train` and `prune`.")
  var splitSeed: UInt64 = 0

  func load() throws -> DataSet {
    let options = DataOptions(
      mean: mean.values.map { Float($0) }, standardDeviation: std.values.map { Float($0) },
      isRaw: raw)
    if data == "digits", !FileManager.default.fileExists(atPath: data) {
      return try .digits(options: options)
    }
    return try DataSet(contentsOf: URL(fileURLWithPath: data), options: options)
  }
}

/// Comma-separated numbers.
struct NumberList: ExpressibleByArgument {
  var values: [Double]

  init(values: [Double]) { self.values = values }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
    guard numbers.count == parts.count, !numbers.isEmpty else { return nil }
    values = numbers
  }

  var defaultValueDescription: String {
    values.map { "\($0)" }.joined(separator: ",")
  }
}
