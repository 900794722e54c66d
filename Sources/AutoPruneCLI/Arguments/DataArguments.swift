import ArgumentParser
import AutoPrune
import Foundation

/// Where the examples are and how they are scaled.
struct DataArguments: ParsableArguments {
  @Option(
    help: """
      Folder of IDX files, .npy files, CIFAR-10 binaries or images (train/CLASS/*.png), an .npz, a CSV \
      with the label last, or a .txt for a character model; `digits` for the data that comes with the program. \
      random:N draws N unlabelled inputs in the model's shapes (prune and sweep, --metric fidelity).
      """)
  var data: String

  @OptionGroup var scaling: ScalingArguments

  var splitSeed: UInt64 { scaling.splitSeed }

  /// - Parameter model: whose inputs random data is drawn for and a text is cut to.
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
  /// Steps that a model of sequences takes; `nil` where it takes any number of them.
  fileprivate var context: Int? {
    guard let shape = dataInputs.first?.shape, shape.count == 2, case .fixed(let steps) = shape[1]
    else { return nil }
    return steps
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
