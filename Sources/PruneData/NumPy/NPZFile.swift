public import Foundation
public import PruneCore

/// Named arrays in one file, as `numpy.savez` and `numpy.savez_compressed` write them.
public struct NPZFile: Hashable, Sendable {
  /// Names of the arrays, in file order.
  public private(set) var names: [String] = []
  private var tensors: [String: HostTensor] = [:]
  /// Name of the file in messages.
  private let label: String

  /// A file without arrays, to be filled and written.
  public init() { label = "arrays" }

  /// Reads every array of a file, never taking more memory than 100 times the file plus 64 MiB.
  public init(contentsOf url: URL) throws(DataError) {
    try self.init(bytes: try FileContents.read(url), name: url.path)
  }

  /// Reads every array of a file in memory.
  ///
  /// - Parameters:
  ///   - bytes: contents of the file.
  ///   - name: name of the file in messages.
  public init(bytes: [UInt8], name: String) throws(DataError) {
    var allowance = MemoryAllowance(file: name, fileBytes: bytes.count)
    try self.init(bytes: bytes, name: name, allowance: &allowance)
  }

  init(
    bytes: [UInt8], name: String, keeping isWanted: (String) -> Bool = { _ in true },
    allowance: inout MemoryAllowance
  ) throws(DataError) {
    label = name
    guard !bytes.isEmpty else { throw .empty(name) }
    let directory = try ZipDirectory(bytes, file: name)
    for member in directory.members where member.name.hasSuffix(".npy") {
      let arrayName = String(member.name.dropLast(4))
      guard isWanted(arrayName) else { continue }
      guard tensors[arrayName] == nil else {
        throw .malformed(
          name, part: "the directory", got: "'\(member.name)' twice", expected: "unique names")
      }
      var reader = try directory.reader(for: member)
      let array = try NumPyArray.read(from: &reader, allowance: &allowance)
      try reader.expectEnd(of: "the array")
      guard reader.checksum == member.checksum else {
        throw .corrupt(reader.file, reason: "its checksum differs")
      }
      names.append(arrayName)
      tensors[arrayName] = array.tensor
    }
  }

  /// The array of a name; setting `nil` removes it.
  public subscript(name: String) -> HostTensor? {
    get { tensors[name] }
    set {
      if newValue == nil {
        names.removeAll { $0 == name }
      } else if tensors[name] == nil {
        names.append(name)
      }
      tensors[name] = newValue
    }
  }

  /// The bytes of an `.npz` file; equal content gives equal bytes.
  public func encoded(isCompressed: Bool = true) throws(DataError) -> [UInt8] {
    var writer = ZipWriter()
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let content = try NumPyArray(tensor).encoded(name: "\(label)/\(name)")
      writer.add(content, named: name + ".npy", isCompressed: isCompressed)
    }
    return writer.finished()
  }

  /// Replaces the file at `url` at once, or leaves it as it was.
  public func write(to url: URL, isCompressed: Bool = true) throws(DataError) {
    try FileContents.write(try encoded(isCompressed: isCompressed), to: url)
  }
}

extension NPZFile {
  /// Inputs of a graph: one array per data input, found by name.
  ///
  /// A single array fits a single input under any name. Types are converted to the input's.
  public func inputs(for graph: Graph) throws(DataError) -> [HostTensor] {
    let wanted = graph.dataInputs
    var result: [HostTensor] = []
    for input in wanted {
      let only = wanted.count == 1 && names.count == 1 ? names.first.flatMap { self[$0] } : nil
      guard let tensor = self[input.name] ?? only else {
        throw .missingArray(label, name: input.name, found: names)
      }
      if let shape = input.shape, !Self.matches(tensor.shape, shape) {
        throw .wrongArray(
          label, name: input.name, got: "of shape \(tensor.shape)", expected: input.shapeDescription
        )
      }
      let type = input.elementType ?? tensor.elementType
      guard let converted = tensor.converted(to: type) else {
        throw .wrongArray(
          label, name: input.name, got: "of type \(tensor.elementType)", expected: "\(type)")
      }
      result.append(converted)
    }
    return result
  }

  /// `true` where a shape fits a pattern in all axes but the first, which counts examples.
  private static func matches(_ shape: [Int], _ pattern: [ValueInfo.Dimension]) -> Bool {
    shape.count == pattern.count
      && zip(shape, pattern).dropFirst().allSatisfy { extent, dimension in
        if case .fixed(let fixed) = dimension { extent == fixed } else { true }
      }
  }
}
