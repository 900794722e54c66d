import Foundation
import PruneCore

/// A folder of IDX files named as MNIST's: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, each also with `.gz` or with `.idx3-ubyte`.
enum IDXFolder {
  private enum Part: String {
    case train = "train"
    case test = "t10k"
  }

  static func isImageFile(_ name: String) -> Bool {
    name.contains("train-images") && isIDX(name)
  }

  static func load(_ folder: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    let names = try FileContents.names(in: folder).filter(isIDX)
    guard let train = try examples(.train, in: folder, names: names, options: options) else {
      throw .notFound(folder.appendingPathComponent("train-images-idx3-ubyte[.gz]").path)
    }
    let test = try examples(.test, in: folder, names: names, options: options)
    if let test, test.hasTargets != train.hasTargets {
      let part = train.hasTargets ? Part.test : .train
      throw .notFound(
        folder.appendingPathComponent("\(part.rawValue)-labels-idx1-ubyte[.gz]").path)
    }
    let notes = train.hasTargets ? [] : ["no labels: only --metric fidelity can be measured"]
    return LoadedParts(train: train, test: test, notes: notes)
  }

  private static func isIDX(_ name: String) -> Bool {
    name.contains("idx") && ["ubyte", "ubyte.gz", "idx", "idx.gz"].contains { name.hasSuffix($0) }
  }

  /// Two names that differ only in `.gz` are one file; the plain one is read.
  private static func file(
    _ part: Part, _ kind: String, in folder: URL, names: [String]
  ) throws(DataError) -> URL? {
    let matching = names.filter { $0.contains("\(part.rawValue)-\(kind)") }
    let distinct = matching.filter {
      !($0.hasSuffix(".gz") && matching.contains(String($0.dropLast(3))))
    }
    guard distinct.count <= 1 else { throw .ambiguous(folder.path, found: distinct) }
    return distinct.first.map { folder.appendingPathComponent($0) }
  }

  private static func examples(
    _ part: Part, in folder: URL, names: [String], options: DataOptions
  ) throws(DataError) -> ExampleSet? {
    guard let images = try file(part, "images", in: folder, names: names) else { return nil }
    let bytes = try FileContents.read(images)
    var allowance = MemoryAllowance(file: images.path, fileBytes: bytes.count)
    let tensor = try IDXFile.read(bytes, file: images.path, allowance: &allowance)
    let column = try ArrayParts.column(
      tensor, name: nil, file: images.path, options: options, allowance: &allowance)
    guard let labels = try file(part, "labels", in: folder, names: names) else {
      return try ExampleSet(source: images.path, columns: [column])
    }
    let labelBytes = try FileContents.read(labels)
    var labelAllowance = MemoryAllowance(file: labels.path, fileBytes: labelBytes.count)
    let values = try IDXFile.read(labelBytes, file: labels.path, allowance: &labelAllowance)
    guard values.shape[0] == tensor.shape[0] else {
      throw .countMismatch(labels.path, examples: tensor.shape[0], labels: values.shape[0])
    }
    let targets = try ArrayParts.targets(values, file: labels.path, allowance: &labelAllowance)
    return try ExampleSet(source: images.path, columns: [column], targets: targets)
  }
}
