public import PruneCore

/// Error of reading or writing an ONNX file.
public enum ONNXError: Error, Hashable, CustomStringConvertible {
  /// The operating system refused: no such file, no permission, a folder.
  case unreadable(file: String, reason: String)
  /// The file has no bytes.
  case empty(file: String)
  /// The bytes are no ONNX model; `looksLike` names the recognised format.
  case notAModel(file: String, looksLike: String)
  /// A field announces more bytes than are left.
  case truncated(file: String, field: String, offset: Int, needed: UInt64, available: Int)
  /// The bytes violate the protobuf format at `offset`; `reason` completes "*field* at byte *offset* …".
  case malformed(file: String, field: String, offset: Int, reason: String)
  /// A text is not UTF-8, as ONNX requires; `offset` is its first byte.
  case notUTF8(file: String, field: String, offset: Int)
  /// Messages are nested deeper than any exporter writes.
  case nestedTooDeeply(file: String, field: String, limit: Int)
  /// The file has far more records than a model of its size; reading on would exhaust memory.
  case tooManyRecords(file: String, sizeBytes: Int, neededBytes: Int)
  /// A file to be read, or a model to be written without external data, exceeds the limit of one
  /// protobuf message.
  case tooLarge(file: String, sizeBytes: Int, limitBytes: Int)
  /// A field that every ONNX model has is absent: `graph`, `ir_version`.
  case missingField(file: String, field: String)
  /// A stored tensor cannot be decoded.
  case badTensor(file: String, tensor: String, problem: TensorProblem)
  /// The elements of a tensor cannot be read from the other file that should hold them.
  case badExternalData(file: String, tensor: String, problem: ExternalDataProblem)
  /// A file given to ``ModelPacker`` cannot be unpacked or packed.
  case badPackage(file: String, problem: PackageProblem)
  /// The operating system refused: no such folder, no permission, disk full.
  case unwritable(file: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "cannot read '\(file)': \(reason); give the path of an .onnx file"
    case .empty(let file):
      "'\(file)' is empty (0 bytes), expected an ONNX model; export or download it again"
    case .notAModel(let file, let looksLike):
      "'\(file)' is no ONNX model: it looks like \(looksLike)"
    case .truncated(let file, let field, let offset, let needed, let available):
      "'\(file)' is cut off or damaged: \(field) at byte \(offset) announces \(needed) bytes, \(available) are left; download or copy it again"
    case .malformed(let file, let field, let offset, let reason):
      "'\(file)' is damaged: \(field) at byte \(offset) \(reason); export or download it again"
    case .notUTF8(let file, let field, let offset):
      "'\(file)' is damaged: the text in \(field) at byte \(offset) is not UTF-8, as ONNX asks; export it again"
    case .nestedTooDeeply(let file, let field, let limit):
      "'\(file)' nests its records deeper than \(limit) levels at \(field); no exporter writes such a model, get it from a source you trust"
    case .tooManyRecords(let file, let size, let needed):
      "'\(file)' packs so many records into \(size) bytes that reading them would take \(needed) bytes of memory; no exporter writes such a model, get it from a source you trust"
    case .tooLarge(let file, let size, let limit):
      "'\(file)' takes \(size) bytes, expected at most \(limit), which is all that one ONNX file can hold; save the model with external data"
    case .missingField(let file, let field):
      "'\(file)' holds no \(field), which every ONNX model has; export it again with `onnx.save` or `torch.onnx.export`"
    case .badTensor(let file, let tensor, let problem):
      "'\(file)': tensor '\(tensor)' \(problem)"
    case .badExternalData(let file, let tensor, let problem):
      "'\(file)': external data of tensor '\(tensor)' \(problem)"
    case .badPackage(let file, let problem):
      "'\(file)' \(problem)"
    case .unwritable(let file, let reason):
      "cannot write '\(file)': \(reason); nothing was changed, choose another place for the output"
    }
  }
}

/// Problem of a stored tensor.
public enum TensorProblem: Error, Hashable, CustomStringConvertible {
  /// A stored extent is below 0.
  case negativeDimension(axis: Int, extent: Int64)
  /// The product of the non-zero extents exceeds 2⁴⁸ elements.
  case shapeOverflows([Int64])
  /// The element type is a number that ONNX does not define, see ``ElementType``.
  case unknownElementType(Int32)
  /// The number of elements in `field` does not match the shape; counts are bytes for `raw_data`,
  /// entries otherwise.
  case countMismatch(shape: [Int], type: ElementType, field: String, expected: Int, got: Int)
  /// Elements are in a field that their type may not use, such as strings in `raw_data`.
  case wrongField(type: ElementType, field: String)
  /// An entry of a wider field does not fit the type, such as 300 for `uint8`; `index` is row-major.
  case valueOutOfRange(type: ElementType, index: Int, value: Int64)
  /// The obsolete `segment` field is set: the tensor's elements are spread over several messages.
  case segmented
  /// The parts of a sparse tensor do not fit each other, or its dense form is too large.
  case badSparse(String)

  public var description: String {
    switch self {
    case .negativeDimension(let axis, let extent):
      "has extent \(extent) on axis \(axis), expected 0 or more; export the model again"
    case .shapeOverflows(let shape):
      "has shape \(shape), more elements than any computer holds; the file is damaged, export it again"
    case .unknownElementType(let number):
      "has element type number \(number), expected 1 to 26; convert it to float32 with the onnx package"
    case .countMismatch(let shape, let type, let field, let expected, let got):
      "has shape \(shape) of \(type), which takes \(expected) \(field == "raw_data" ? "bytes" : "entries") of \(field), got \(got); the file is damaged, export it again"
    case .wrongField(let type, let field):
      "stores \(type) elements in \(field), where that type has no place; export the model again"
    case .valueOutOfRange(let type, let index, let value):
      "holds \(value) at entry \(index), which does not fit \(type); export the model again"
    case .badSparse(let reason):
      "is stored sparse and \(reason); export the model again, or get it from a source you trust"
    case .segmented:
      "is split into segments, which nothing supports; save the model with external data instead"
    }
  }
}

/// Problem of tensor data in a file beside the model.
public enum ExternalDataProblem: Error, Hashable, CustomStringConvertible {
  /// The tensor is marked external, but no file is named.
  case noLocation
  /// The path is outside the model's folder, by itself or through a symbolic link; nothing is read.
  case outsideFolder(location: String)
  /// The operating system refused, or it is no regular file.
  case unreadable(location: String, reason: String)
  /// `offset` or `length` is no whole number ≥ 0.
  case badNumber(key: String, value: String)
  /// `needed` bytes from `offset` on reach beyond the end of the file.
  case outOfBounds(location: String, offset: Int, needed: Int, sizeBytes: Int)
  /// The stated `length` differs from the size by shape and type; both in bytes.
  case lengthMismatch(location: String, expected: Int, got: Int)
  /// The tensors ask for many times the bytes that their files hold.
  case tooMuch(location: String, limitBytes: Int)
  /// The model came as bytes, without a folder to look in.
  case noFolder(location: String)

  public var description: String {
    switch self {
    case .noLocation:
      "has no location; save the model with external data again"
    case .outsideFolder(let location):
      "lies in '\(location)', outside the model's folder, where a model must not reach; move the file beside the model and save it with a relative location"
    case .unreadable(let location, let reason):
      "cannot be read from '\(location)': \(reason); put the file beside the model"
    case .badNumber(let key, let value):
      "has \(key) '\(value)', expected a whole number of bytes; save the model with external data again"
    case .outOfBounds(let location, let offset, let needed, let size):
      "needs \(needed) bytes from byte \(offset) of '\(location)', which holds \(size); the file is cut off, copy it again"
    case .lengthMismatch(let location, let expected, let got):
      "in '\(location)' is \(got) bytes long, expected \(expected) for its shape and type; save the model with external data again"
    case .tooMuch(let location, let limit):
      "in '\(location)' would bring the model above \(limit) bytes, many times what its files hold; get it from a source you trust"
    case .noFolder(let location):
      "lies in '\(location)', but the model was given without its folder; read it by its path instead"
    }
  }
}

extension ONNXError {
  /// `true` where reading or writing itself failed, rather than what was read.
  public var isInputOutput: Bool {
    switch self {
    case .unreadable, .unwritable: true
    default: false
    }
  }
}

/// Problem of a package, or of a model that is to be packed.
public enum PackageProblem: Error, Hashable, CustomStringConvertible {
  /// The file does not begin as packages do.
  case notAPackage
  /// The package states a format version that this program does not know.
  case newerVersion(Int)
  /// The header states more bytes than an ONNX file can have.
  case tooLarge(UInt64)
  /// The file ends early; both in bytes.
  case cutOff(needed: Int, available: Int)
  /// A part cannot be decoded, near this byte of the package.
  case damaged(offset: Int, reason: String)
  /// The decoded bytes are not the packed ones, by their CRC-32.
  case checksumDiffers
  /// The model keeps weights in other files.
  case externalData

  public var description: String {
    switch self {
    case .notAPackage:
      "is no package of `autoprune pack`; give the file that it wrote"
    case .newerVersion(let version):
      "is a package of format \(version), expected \(PackageFormat.version); update autoprune"
    case .tooLarge(let size):
      "announces a model of \(size) bytes, expected at most \(ONNXWriter.protobufLimitBytes); it is damaged, copy it again"
    case .cutOff(let needed, let available):
      "is cut off: \(needed) more bytes are needed, \(available) are left; copy it again"
    case .damaged(let offset, let reason):
      "is damaged near byte \(offset): \(reason); copy it again"
    case .checksumDiffers:
      "is damaged: its checksum differs; copy it again"
    case .externalData:
      "keeps weights in other files, which a package cannot hold; save it as one file first"
    }
  }
}
