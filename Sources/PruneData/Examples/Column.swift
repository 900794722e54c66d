internal import PruneCore

/// One network input of all stored examples; pixels stay bytes until a batch is asked for.
struct Column: Sendable {
  enum Storage: Sendable {
    case bytes([UInt8])
    case floats([Float])
    /// Token numbers, for inputs of integer type.
    case integers([Int64])
  }

  /// The array's name in the file; `nil` where the format has none.
  var name: String?
  var storage: Storage
  /// Shape of one example.
  var shape: [Int]
  var normalization: Normalization
  /// Element type of batches: `float32`, or an integer type for token numbers.
  var elementType = ElementType.float32

  /// Elements of one example.
  var size: Int { shape.reduce(1, *) }

  /// Number of stored examples, of which a set may use some.
  var storedCount: Int {
    let elements =
      switch storage {
      case .bytes(let values): values.count
      case .floats(let values): values.count
      case .integers(let values): values.count
      }
    return size == 0 ? 0 : elements / size
  }

  /// The tensor `[rows, …]` of the given examples, normalised.
  ///
  /// - Parameter rows: indices of stored examples, in the wanted order.
  func gather(_ rows: [Int]) -> HostTensor {
    let size = size
    let shape = [rows.count] + shape
    if elementType != .float32 { return gatherIntegers(rows, shape: shape) }
    let values = [Float](unsafeUninitializedCapacity: rows.count * size) { target, count in
      switch storage {
      case .bytes(let stored):
        stored.withUnsafeBufferPointer { source in
          for (position, row) in rows.enumerated() {
            normalization.apply(
              UnsafeBufferPointer(rebasing: source[row * size..<(row + 1) * size]),
              into: UnsafeMutableBufferPointer(
                rebasing: target[position * size..<(position + 1) * size]))
          }
        }
      case .floats(let stored):
        stored.withUnsafeBufferPointer { source in
          for (position, row) in rows.enumerated() {
            normalization.apply(
              UnsafeBufferPointer(rebasing: source[row * size..<(row + 1) * size]),
              into: UnsafeMutableBufferPointer(
                rebasing: target[position * size..<(position + 1) * size]))
          }
        }
      case .integers(let stored):
        for (position, row) in rows.enumerated() {
          let numbers = stored[row * size..<(row + 1) * size].map { Float($0) }
          numbers.withUnsafeBufferPointer {
            normalization.apply(
              $0,
              into: UnsafeMutableBufferPointer(
                rebasing: target[position * size..<(position + 1) * size]))
          }
        }
      }
      count = rows.count * size
    }
    return HostTensor(values, shape: shape)
  }

  private func gatherIntegers(_ rows: [Int], shape: [Int]) -> HostTensor {
    let size = size
    var values: [Int64] = []
    values.reserveCapacity(rows.count * size)
    for row in rows {
      switch storage {
      case .bytes(let stored): values += stored[row * size..<(row + 1) * size].map { Int64($0) }
      case .floats(let stored):
        values += stored[row * size..<(row + 1) * size].map { Int64(exactly: $0.rounded()) ?? 0 }
      case .integers(let stored): values += stored[row * size..<(row + 1) * size]
      }
    }
    if elementType == .int32 {
      return HostTensor(
        shape: shape, storage: .int32(values.map { Int32(clamping: $0) }))
    }
    return HostTensor(values, shape: shape)
  }

  /// Moves the last axis of `[height, width, channels]` to the front, or the first of
  /// `[channels, height, width]` to the back.
  func movingChannels(_ order: ChannelOrder) -> Column {
    var result = self
    let (outer, inner): (Int, Int)
    switch order {
    case .last:
      (outer, inner) = (shape[0] * shape[1], shape[2])
      result.shape = [shape[2], shape[0], shape[1]]
      result.normalization = normalization.moved(channelRun: outer)
    case .first:
      (outer, inner) = (shape[0], shape[1] * shape[2])
      result.shape = [shape[1], shape[2], shape[0]]
      result.normalization = normalization.moved(channelRun: 1)
    }
    switch storage {
    case .bytes(let values): result.storage = .bytes(Self.transposed(values, outer, inner))
    case .floats(let values): result.storage = .floats(Self.transposed(values, outer, inner))
    case .integers(let values): result.storage = .integers(Self.transposed(values, outer, inner))
    }
    return result
  }

  /// Transposes every consecutive `[outer, inner]` matrix.
  private static func transposed<Value>(_ values: [Value], _ outer: Int, _ inner: Int) -> [Value] {
    var result = values
    result.withUnsafeMutableBufferPointer { target in
      values.withUnsafeBufferPointer { source in
        for start in stride(from: 0, to: source.count, by: max(1, outer * inner)) {
          for row in 0..<outer {
            for column in 0..<inner {
              target[start + column * outer + row] = source[start + row * inner + column]
            }
          }
        }
      }
    }
    return result
  }
}
