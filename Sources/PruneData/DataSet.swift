public import Foundation
internal import PruneCore
import PruneSupport

/// A data set: training examples and test examples, read from a file or folder.
///
/// Understood are a folder of IDX files, an `.npz` file, a folder of `.npy` files, a folder of CIFAR-10 binary
/// batches, a CSV file with the label last, a folder of PNG or JPEG images by class, and a text; see ``DataFormat``.
public struct DataSet: Sendable {
  /// The file's or folder's name without extension.
  public let name: String
  /// Examples for training, statistics, validation and certification; ``DataSplit`` divides them.
  public var train: ExampleSet
  /// Test examples, only ever reported on. Where the data has no test part, a fifth of it, set aside by seed.
  public var test: ExampleSet
  /// Format, numbers of examples and SHA-256 of the content: equal for equal numbers, shapes and labels.
  public let fingerprint: String
  /// Storage format, found out from the path.
  public let format: DataFormat
  /// Class names in label order; `nil` where the data has none.
  public let classNames: [String]?
  /// Remarks for the user, such as that test examples were set aside.
  public let notes: [String]

  /// Reads the data set at a path, whose format is found out.
  ///
  /// - Parameters:
  ///   - url: file or folder.
  ///   - options: scaling of the stored numbers, and the seed for a missing test part.
  /// - Throws: ``DataError``.
  public init(contentsOf url: URL, options: DataOptions = DataOptions()) throws {
    try options.validate()
    let format = try DataFormat(detecting: url)
    let parts = try format.load(url, options: options)
    try self.init(
      name: url.deletingPathExtension().lastPathComponent, format: format, parts: parts,
      seed: options.seed)
  }

  init(name: String, format: DataFormat, parts: LoadedParts, seed: UInt64) throws(DataError) {
    var hash = ContentHash()
    parts.train.add(to: &hash)
    parts.test?.add(to: &hash)
    var notes = parts.notes
    if let test = parts.test {
      (train, self.test) = (parts.train, test)
    } else {
      let all = parts.train
      guard all.count >= 5 else { throw .tooFewExamples(all.source, got: all.count, expected: 5) }
      let order = StratifiedOrder.indices(of: all, seed: seed, stream: "test")
      let aside = max(1, all.count / 5)
      test = all.subset(order[..<aside].sorted())
      train = all.subset(order[aside...].sorted())
      notes.append(
        "no test part: \(aside) of \(all.count) examples (20 %) set aside for it by seed \(seed)")
    }
    guard train.count >= 3 else {
      throw .tooFewExamples(train.source, got: train.count, expected: 3)
    }
    guard train.exampleShapes == test.exampleShapes else {
      throw .wrongArray(
        test.source, name: "test part", got: "of shape \(test.exampleShapes)",
        expected: "\(train.exampleShapes) as the training part")
    }
    self.name = name
    self.format = format
    classNames = parts.classNames
    fingerprint = "\(format.rawValue)-\(train.count)+\(test.count)-\(hash.hexadecimal)"
    self.notes = notes
  }
}

/// Examples as a format's reader returns them; ``DataSet`` sets a missing test part aside.
struct LoadedParts {
  var train: ExampleSet
  var test: ExampleSet?
  var classNames: [String]?
  var notes: [String] = []
}

extension ExampleSet {
  /// Adds shapes, stored numbers and targets; only for sets that use all stored examples in order.
  fileprivate func add(to hash: inout ContentHash) {
    hash.add([count])
    for column in columns {
      hash.add(column.shape)
      switch column.storage {
      case .bytes(let values): values.withUnsafeBytes { hash.add($0) }
      case .floats(let values): hash.add(values)
      case .integers(let values): values.withUnsafeBytes { hash.add($0) }
      }
    }
    switch targets {
    case .none: break
    case .labels(let labels, _): hash.add(labels)
    case .values(let values, _): hash.add(values)
    }
  }
}

/// Options for turning stored numbers into network inputs.
///
/// Pixels (8-bit unsigned integers) are divided by 255 unless ``isRaw``; then every value becomes
/// `(value − mean) / standardDeviation` of its channel.
public struct DataOptions: Hashable, Sendable {
  /// Mean to subtract: one for all channels, or one per channel; empty for 0.
  public var mean: [Float]
  /// Standard deviation to divide by, > 0: one for all channels, or one per channel; empty for 1.
  public var standardDeviation: [Float]
  /// `true` leaves pixels in 0 … 255. Mean and standard deviation still apply where they are given.
  public var isRaw: Bool
  /// Seed of the choice of test examples where the data has no test part.
  public var seed: UInt64
  /// Characters per example of a text, > 0.
  public var context: Int

  /// - Parameters:
  ///   - mean: one number for all channels, or one per channel; finite.
  ///   - standardDeviation: one number for all channels, or one per channel; > 0.
  ///   - isRaw: `true` leaves pixels in 0 … 255.
  ///   - seed: seed of the choice of test examples where the data has no test part.
  ///   - context: characters per example of a text, 1 … 2²⁰.
  public init(
    mean: [Float] = [], standardDeviation: [Float] = [], isRaw: Bool = false, seed: UInt64 = 0,
    context: Int = 64
  ) {
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.isRaw = isRaw
    self.seed = seed
    self.context = context
  }

  func validate() throws(DataError) {
    if let value = mean.first(where: { !$0.isFinite }) {
      throw .badOption("--mean", got: "\(value)", expected: "finite numbers")
    }
    if let value = standardDeviation.first(where: { !($0.isFinite && $0 > 0) }) {
      throw .badOption("--std", got: "\(value)", expected: "numbers > 0")
    }
    guard (1...1 << 20).contains(context) else {
      throw .badOption("context", got: "\(context)", expected: "1 to 1,048,576 characters")
    }
  }
}
