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

  @OptionGroup var scaling: ScalingArguments

  var splitSeed: UInt64 { scaling.splitSeed }

  func load() throws -> DataSet { try scaling.load(data) }
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
