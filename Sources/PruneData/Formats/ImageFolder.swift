import Foundation
import PruneCore

/// PNG and JPEG images in `train/CLASS/` and `test/CLASS/`; classes are numbered in the order of their names.
enum ImageFolder {
  private static let extensions: Set<String> = ["png", "jpg", "jpeg"]

  static func load(_ folder: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    let trainFolder = folder.appendingPathComponent("train")
    let classes = try classNames(in: trainFolder)
    guard !classes.isEmpty else {
      throw .unrecognised(trainFolder.path, lookedFor: ["one folder of images per class"])
    }
    let train = try examples(in: trainFolder, classes: classes, like: nil, options: options)
    let testFolder = folder.appendingPathComponent("test")
    let test =
      FileContents.isFolder(testFolder)
      ? try examples(in: testFolder, classes: classes, like: train.model, options: options).set
      : nil
    return LoadedParts(train: train.set, test: test, classNames: classes)
  }

  /// The first image, whose size all others must have.
  private struct Model {
    var shape: [Int]
    var file: String
  }

  private static func classNames(in folder: URL) throws(DataError) -> [String] {
    try FileContents.names(in: folder).filter {
      FileContents.isFolder(folder.appendingPathComponent($0))
    }
  }

  private static func examples(
    in folder: URL, classes: [String], like known: Model?, options: DataOptions
  ) throws(DataError) -> (set: ExampleSet, model: Model?) {
    var pixels: [UInt8] = []
    var labels: [Int] = []
    var model = known
    var fileBytes = 0
    for name in try classNames(in: folder) {
      guard let label = classes.firstIndex(of: name) else {
        throw .unlabelledClass(
          folder.appendingPathComponent(name).path, name: name, known: classes)
      }
      let classFolder = folder.appendingPathComponent(name)
      for fileName in try FileContents.names(in: classFolder) {
        let url = classFolder.appendingPathComponent(fileName)
        guard extensions.contains(url.pathExtension.lowercased()) else { continue }
        let bytes = try FileContents.read(url)
        let image = try RasterImage(bytes, file: url.path)
        let wanted = model ?? Model(shape: image.shape, file: url.path)
        guard image.shape == wanted.shape else {
          throw .imageSizeMismatch(
            url.path, got: image.shape, expected: wanted.shape, first: wanted.file)
        }
        model = wanted
        fileBytes += bytes.count
        var allowance = MemoryAllowance(file: folder.path, fileBytes: fileBytes)
        try allowance.charge(pixels.count + image.pixels.count, bytesEach: 2)
        pixels += image.pixels
        labels.append(label)
      }
    }
    guard let model else {
      throw .unrecognised(
        folder.path, lookedFor: ["*.png, *.jpg or *.jpeg in folders named as classes"])
    }
    let normalization = try Normalization(
      options, divisor: options.isRaw ? 1 : 255, shape: model.shape, isPixels: true)
    let column = Column(storage: .bytes(pixels), shape: model.shape, normalization: normalization)
    let set = try ExampleSet(
      source: folder.path, columns: [column], targets: .labels(labels, perExample: 1))
    return (set, model)
  }
}
