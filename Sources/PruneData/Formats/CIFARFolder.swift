import Foundation
import PruneCore

/// CIFAR-10 in its binary version: `data_batch_1.bin` … and `test_batch.bin`, records of one label byte and
/// 3 × 32 × 32 pixels.
///
/// - Source: [Krizhevsky, *The CIFAR-10 dataset*](https://www.cs.toronto.edu/~kriz/cifar.html), "Binary version".
enum CIFARFolder {
  private static let shape = [3, 32, 32]
  private static let recordBytes = 3073
  private static let classes = 10

  static func isTrainingFile(_ name: String) -> Bool {
    name.hasPrefix("data_batch") && name.hasSuffix(".bin")
  }

  static func load(_ folder: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    let names = try FileContents.names(in: folder)
    let train = try examples(
      names.filter(isTrainingFile).map { folder.appendingPathComponent($0) }, source: folder.path,
      options: options)
    let test =
      try names.contains("test_batch.bin")
      ? examples(
        [folder.appendingPathComponent("test_batch.bin")],
        source: folder.appendingPathComponent("test_batch.bin").path, options: options)
      : nil
    return LoadedParts(train: train, test: test, classNames: try classNames(in: folder, names))
  }

  private static func examples(
    _ files: [URL], source: String, options: DataOptions
  ) throws(DataError) -> ExampleSet {
    var pixels: [UInt8] = []
    var labels: [Int] = []
    for file in files {
      let bytes = try FileContents.read(file)
      guard !bytes.isEmpty else { throw .empty(file.path) }
      guard bytes.count % recordBytes == 0 else {
        throw .truncated(
          file.path, part: "record \(bytes.count / recordBytes)", got: bytes.count % recordBytes,
          expected: recordBytes)
      }
      for start in stride(from: 0, to: bytes.count, by: recordBytes) {
        let label = Int(bytes[start])
        guard label < classes else {
          throw .labelOutOfRange(
            file.path, index: start / recordBytes, label: label, classes: classes)
        }
        labels.append(label)
        pixels += bytes[start + 1..<start + recordBytes]
      }
    }
    let normalization = try Normalization(
      options, divisor: options.isRaw ? 1 : 255, shape: shape, isPixels: true)
    let column = Column(storage: .bytes(pixels), shape: shape, normalization: normalization)
    return try ExampleSet(
      source: source, columns: [column], targets: .labels(labels, perExample: 1))
  }

  private static func classNames(
    in folder: URL, _ names: [String]
  ) throws(DataError) -> [String]? {
    guard names.contains("batches.meta.txt") else { return nil }
    let bytes = try FileContents.read(folder.appendingPathComponent("batches.meta.txt"))
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.count == classes ? lines.map(String.init) : nil
  }
}
