public import Foundation
internal import PruneCore

/// A training part and a test part, read from what lies at a path.
///
/// Understood are a folder of IDX files, an `.npz` file, a folder of `.npy` files, a folder of CIFAR-10 binary
/// batches, a CSV file with the label last, a folder of PNG or JPEG images by class, and a text; see ``DataFormat``.
public struct DataSet: Sendable {
  /// The file's or folder's name without extension.
  public let name: String
  /// For training, statistics, the search and its certificate; `DataSplit` cuts it.
  public var train: ExampleSet
  /// Only ever reported on. Where the data has no test part, a fifth of it, set aside by seed.
  public var test: ExampleSet
  /// Identity of the content: equal for equal numbers, shapes and labels. Not a protection against forgery.
  public let fingerprint: String
  /// How it was stored, found out from its path.
  public let format: DataFormat
  /// Names of the classes in label order, where the data has them.
  public let classNames: [String]?
  /// What a user should be told, such as that test examples were set aside.
  public let notes: [String]

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
    var checksum = Checksum()
    parts.train.add(to: &checksum)
    parts.test?.add(to: &checksum)
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
    fingerprint = "\(format.rawValue)-\(train.count)+\(test.count)-\(checksum.hexadecimal)"
    self.notes = notes
  }
}

/// What a format's reader returns.
struct LoadedParts {
  var train: ExampleSet
  var test: ExampleSet?
  var classNames: [String]?
  var notes: [String] = []
}

extension ExampleSet {
  /// Shapes, stored numbers and targets; only for sets that use all stored examples in order.
  fileprivate func add(to checksum: inout Checksum) {
    checksum.add([count])
    for column in columns {
      checksum.add(column.shape)
      switch column.storage {
      case .bytes(let values): values.withUnsafeBytes { checksum.add($0) }
      case .floats(let values): values.withUnsafeBytes { checksum.add($0) }
      case .integers(let values): values.withUnsafeBytes { checksum.add($0) }
      }
    }
    switch targets {
    case .none: break
    case .labels(let labels, _): labels.withUnsafeBytes { checksum.add($0) }
    case .values(let values, _): values.withUnsafeBytes { checksum.add($0) }
    }
  }
}
