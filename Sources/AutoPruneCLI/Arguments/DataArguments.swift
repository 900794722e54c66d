import ArgumentParser
import AutoPrune
import Foundation

/// Options for the examples: their path and scaling.
struct DataArguments: ParsableArguments {
  @Option(
    help: """
      Examples: a folder of IDX files, .npy files, CIFAR-10 binaries or images (train/CLASS/*.png), an .npz, a CSV \
      with the label in the last column, a .txt for a character model, or `digits`, which comes with the program. \
      random:N draws N unlabelled inputs of the model's shapes, for prune and sweep with --metric fidelity.
      """)
  var data: String

  @OptionGroup var scaling: ScalingArguments

  var splitSeed: UInt64 { scaling.splitSeed }

  /// Loads or draws the data.
  ///
  /// - Parameter model: network for whose inputs random data is drawn and to whose context a text is cut.
  func load(for model: Graph) throws -> DataSet {
    if let count = randomExamples {
      return try DataSet.random(for: model, examples: count, seed: splitSeed)
    }
    return try scaling.load(data, context: model.context)
  }

  private var randomExamples: Int? {
    guard data.hasPrefix("random:") else { return nil }
    return Int(data.dropFirst("random:".count))
  }
}

extension Graph {
  /// Number of steps that a sequence model takes; `nil` where it takes any number of them.
  fileprivate var context: Int? {
    guard let shape = dataInputs.first?.shape, shape.count == 2, case .fixed(let steps) = shape[1]
    else { return nil }
    return steps
  }
}

/// An argument of comma-separated numbers.
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

/// Options for scaling and splitting examples, also for commands that do not always need data.
struct ScalingArguments: ParsableArguments {
  @Option(
    help: "Mean to subtract from each channel after scaling to 0…1, comma-separated. Default: none."
  )
  var mean: NumberList = NumberList(values: [])

  @Option(
    help: "Standard deviation to divide each channel by, comma-separated. Default: none.")
  var std: NumberList = NumberList(values: [])

  @Flag(help: "Take the numbers as they are, without scaling to 0…1.")
  var raw = false

  @Option(
    help: """
      Seed of the split into a training, a validation and a certification part; give `train` and `prune` the same, so that \
      `prune` judges on examples that `train` has not seen.
      """)
  var splitSeed: UInt64 = 0

  /// Loads the data set at a path, or the embedded digits.
  ///
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
