import PruneCore

/// Layout of the external data file: the tensors in it and their offsets.
struct ExternalDataLayout {
  struct Placement {
    let offset: Int
    let storage: HostTensor.Storage
  }

  /// Alignment of large tensors, so that runtimes can map them.
  private static let pageBytes = 4096
  private static let largeBytes = 1 << 20
  private static let smallAlignmentBytes = 64

  /// Path of the file, relative to the model's folder.
  let location: String
  /// Size from which tensors are external, whatever the source did; `nil` for those of the source only.
  let thresholdBytes: Int?
  private(set) var placements: [Placement] = []
  private var endOffset = 0

  init(location: String, thresholdBytes: Int?) {
    self.location = location
    self.thresholdBytes = thresholdBytes
  }

  func takes(_ initializer: Initializer, sizeBytes: Int) -> Bool {
    if case .external = initializer.encoding { return true }
    return thresholdBytes.map { sizeBytes >= $0 } ?? false
  }

  /// Reserves room for a tensor behind those placed before.
  mutating func place(_ tensor: HostTensor, sizeBytes: Int) -> ExternalDataEntry {
    let alignment = sizeBytes >= Self.largeBytes ? Self.pageBytes : Self.smallAlignmentBytes
    let offset = (endOffset + alignment - 1) / alignment * alignment
    endOffset = offset + sizeBytes
    placements.append(Placement(offset: offset, storage: tensor.storage))
    return ExternalDataEntry(location: location, offset: offset, length: sizeBytes)
  }

  /// Writes the placed tensors in order.
  func write(to file: inout ModelFile) throws(ONNXError) {
    for placement in placements {
      try file.pad(to: placement.offset)
      try RawTensorData.withBytes(of: placement.storage) { bytes throws(ONNXError) in
        try file.write(bytes)
      }
    }
  }
}

/// External data entry of one tensor: file, offset and length in bytes.
struct ExternalDataEntry {
  /// Keys that are rewritten; a checksum of the old file would be wrong for the new one.
  static let keys: Set<String> = ["location", "offset", "length", "checksum"]

  let location: String
  let offset: Int
  let length: Int

  var protos: [Onnx_StringStringEntryProto] {
    [("location", location), ("offset", "\(offset)"), ("length", "\(length)")].map {
      Onnx_StringStringEntryProto(ModelInfo.Pair(key: $0.0, value: $0.1))
    }
  }
}
