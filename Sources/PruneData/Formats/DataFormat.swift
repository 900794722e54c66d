internal import Foundation

/// Storage format of a data set, found out from what lies at its path.
public enum DataFormat: String, Hashable, Sendable, CaseIterable {
  /// A folder with `train-images-idx3-ubyte[.gz]`, `train-labels-idx1-ubyte[.gz]`, `t10k-…`.
  case idx
  /// An `.npz` file with `x_train y_train x_test y_test`, `x` and `y`, or `x` alone.
  case npz
  /// A folder with `train_x.npy`, `train_y.npy`, `test_x.npy`, `test_y.npy`.
  case npy
  /// A folder with `data_batch_1.bin` … `test_batch.bin`.
  case cifar10
  /// A CSV file with the label in its last column, or a folder with `train.csv` and `test.csv` or with `NAME.tra` and
  /// `NAME.tes`, as the UCI repository calls them.
  case csv
  /// A folder with `train/CLASS/*.png`, `.jpg` or `.jpeg`, and `test/CLASS/…`.
  case images
  /// A `.txt` file for models that say the next character.
  case text
  /// Data embedded in this package.
  case embedded

  /// Files by which the format is recognised, for messages.
  private var sign: String {
    switch self {
    case .idx: "IDX files (train-images-idx3-ubyte[.gz] …)"
    case .npz: "an .npz file (x_train, y_train, x_test, y_test)"
    case .npy: "NumPy files (train_x.npy, train_y.npy …)"
    case .cifar10: "CIFAR-10 binary files (data_batch_1.bin …)"
    case .csv: "CSV files (label last; train.csv, test.csv or NAME.tra, NAME.tes in a folder)"
    case .images: "image folders (train/CLASS/*.png or *.jpg)"
    case .text: "a text (.txt) for character models"
    case .embedded: "embedded data"
    }
  }

  init(detecting url: URL) throws(DataError) {
    guard FileManager.default.fileExists(atPath: url.path) else { throw .notFound(url.path) }
    let candidates =
      FileContents.isFolder(url) ? try Self.formats(inFolder: url) : try Self.formats(ofFile: url)
    guard let format = candidates.first else {
      throw .unrecognised(url.path, lookedFor: Self.allCases.dropLast().map(\.sign))
    }
    guard candidates.count == 1 else { throw .ambiguous(url.path, found: candidates.map(\.sign)) }
    self = format
  }

  private static func formats(ofFile url: URL) throws(DataError) -> [DataFormat] {
    switch url.pathExtension.lowercased() {
    case "npz": return [.npz]
    case "csv", "tsv", "data", "tra", "tes": return [.csv]
    case "txt": return [.text]
    default:
      let start = try FileContents.read(url).prefix(4)
      guard !start.isEmpty else { throw .empty(url.path) }
      return start.elementsEqual([0x50, 0x4B, 3, 4]) ? [.npz] : []
    }
  }

  private static func formats(inFolder url: URL) throws(DataError) -> [DataFormat] {
    let names = try FileContents.names(in: url)
    guard !names.isEmpty else {
      throw .unrecognised(url.path, lookedFor: allCases.dropLast().map(\.sign))
    }
    let arrays = NumPyDataSet.arrayNames
    var found: [DataFormat] = []
    if names.contains(where: IDXFolder.isImageFile) { found.append(.idx) }
    if names.contains(where: { $0.hasSuffix(".npy") && arrays.contains(String($0.dropLast(4))) }) {
      found.append(.npy)
    }
    if names.contains(where: CIFARFolder.isTrainingFile) { found.append(.cifar10) }
    if CSVDataSet.partNames(among: names) != nil { found.append(.csv) }
    if FileContents.isFolder(url.appendingPathComponent("train")) { found.append(.images) }
    return found
  }

  func load(_ url: URL, options: DataOptions) throws(DataError) -> LoadedParts {
    switch self {
    case .idx: try IDXFolder.load(url, options: options)
    case .npz: try NumPyDataSet.load(npz: url, options: options)
    case .npy: try NumPyDataSet.load(folder: url, options: options)
    case .cifar10: try CIFARFolder.load(url, options: options)
    case .csv: try CSVDataSet.load(url, options: options)
    case .images: try ImageFolder.load(url, options: options)
    case .text: try CharacterText.load(url, options: options)
    case .embedded: try DigitsResource.load(options: options)
    }
  }
}
