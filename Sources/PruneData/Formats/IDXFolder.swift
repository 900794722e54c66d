import Foundation
internal import PruneCore

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

/// An array in the format that MNIST made known.
///
/// - Source: LeCun, Cortes & Burges, *The MNIST database of handwritten digits*, "The IDX file format".
enum IDXFile {
  static func read(
    _ bytes: [UInt8], file: String, allowance: inout MemoryAllowance
  ) throws(DataError) -> HostTensor {
    guard !bytes.isEmpty else { throw .empty(file) }
    var reader = try ByteReader(maybeGzipped: bytes, file: file)
    let magic = try reader.bytes(4, part: "the IDX header")
    guard magic[0] == 0, magic[1] == 0, let type = Self.types[magic[2]], magic[3] > 0 else {
      throw .malformed(
        file, part: "the magic number", got: "\(magic)",
        expected: "[0, 0, type 8 … 14, number of axes], as in an IDX file")
    }
    var shape: [Int] = []
    for _ in 0..<magic[3] {
      let extent = try reader.bytes(4, part: "the IDX header")
      shape.append(extent.reduce(0) { $0 << 8 | Int($1) })
    }
    let width = (type.bitWidth ?? 8) / 8
    guard let count = checkedCount(shape), count <= reader.remainingBound / width else {
      throw .truncated(
        file, part: "the array of shape \(shape)", got: reader.remainingBound,
        expected: checkedCount(shape + [width]) ?? Int.max)
    }
    try allowance.charge(count, bytesEach: width == 1 ? 1 : 3 * width)
    let storage = try storage(of: type, count: count, shape: shape, from: &reader)
    try reader.expectEnd(of: "the array of shape \(shape)")
    return HostTensor(shape: shape, storage: storage)
  }

  private static let types: [UInt8: ElementType] = [
    0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
  ]

  /// IDX stores the most significant byte first.
  private static func storage(
    of type: ElementType, count: Int, shape: [Int], from reader: inout ByteReader
  ) throws(DataError) -> HostTensor.Storage {
    let part = "the array of shape \(shape)"
    switch type {
    case .uint8: return .uint8(try reader.bytes(count, part: part))
    case .int8: return .bytes(.int8, try reader.bytes(count, part: part))
    case .int16:
      let words = try reader.read(count, of: Int16.self, zero: 0, part: part)
      return .int32(words.map { Int32(Int16(bigEndian: $0)) })
    case .int32:
      let words = try reader.read(count, of: Int32.self, zero: 0, part: part)
      return .int32(words.map { Int32(bigEndian: $0) })
    case .float64:
      let words = try reader.read(count, of: UInt64.self, zero: 0, part: part)
      return .float64(words.map { Double(bitPattern: UInt64(bigEndian: $0)) })
    default:
      let words = try reader.read(count, of: UInt32.self, zero: 0, part: part)
      return .float32(words.map { Float(bitPattern: UInt32(bigEndian: $0)) })
    }
  }
}
