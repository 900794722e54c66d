internal import PruneCore

extension HostTensor {
  /// The elements as NumPy stores them; strings give nothing.
  var littleEndianBytes: [UInt8] {
    switch storage {
    case .float32(let values): Self.bytes(of: values.map(\.bitPattern.littleEndian))
    case .float64(let values): Self.bytes(of: values.map(\.bitPattern.littleEndian))
    case .int32(let values): Self.bytes(of: values.map(\.littleEndian))
    case .int64(let values): Self.bytes(of: values.map(\.littleEndian))
    case .uint8(let values): values
    case .bool(let values): values.map { $0 ? 1 : 0 }
    case .bytes(_, let bytes): bytes
    case .strings: []
    }
  }

  private static func bytes<Word: FixedWidthInteger>(of words: [Word]) -> [UInt8] {
    words.withUnsafeBytes { Array($0) }
  }
}

extension HostTensor.Storage {
  /// Reorders elements stored with the first axis fastest into row-major order.
  func inCOrder(fortranShape shape: [Int], elementBytes: Int) -> Self {
    switch self {
    case .float32(let values): .float32(Self.reordered(values, shape))
    case .float64(let values): .float64(Self.reordered(values, shape))
    case .int32(let values): .int32(Self.reordered(values, shape))
    case .int64(let values): .int64(Self.reordered(values, shape))
    case .uint8(let values): .uint8(Self.reordered(values, shape))
    case .bool(let values): .bool(Self.reordered(values, shape))
    case .bytes(let type, let bytes):
      .bytes(type, Self.reordered(bytes, shape, elementsEach: elementBytes))
    case .strings: self
    }
  }

  private static func reordered<Element>(
    _ values: [Element], _ shape: [Int], elementsEach width: Int = 1
  ) -> [Element] {
    var result = values
    var index = [Int](repeating: 0, count: shape.count)
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    var source = 0
    for target in 0..<values.count / width {
      for byte in 0..<width { result[target * width + byte] = values[source * width + byte] }
      for axis in shape.indices.reversed() {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
    return result
  }
}
