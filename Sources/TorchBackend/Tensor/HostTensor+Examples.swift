internal import PruneCore

extension HostTensor {
  /// Examples at `positions` of the first axis.
  func examples(_ positions: [Int]) -> HostTensor {
    let size = shape.dropFirst().reduce(1, *)
    func gathered<Value>(_ values: [Value]) -> [Value] {
      var result: [Value] = []
      result.reserveCapacity(positions.count * size)
      for position in positions { result += values[position * size..<(position + 1) * size] }
      return result
    }
    let storage: Storage =
      switch storage {
      case .float32(let values): .float32(gathered(values))
      case .float64(let values): .float64(gathered(values))
      case .int32(let values): .int32(gathered(values))
      case .int64(let values): .int64(gathered(values))
      case .uint8(let values): .uint8(gathered(values))
      case .bool(let values): .bool(gathered(values))
      case .strings(let values): .strings(gathered(values))
      case .bytes(let type, let bytes):
        .bytes(type, Self.gatheredBytes(bytes, positions, size: size * (type.bitWidth ?? 8) / 8))
      }
    return HostTensor(shape: [positions.count] + shape.dropFirst(), storage: storage)
  }

  private static func gatheredBytes(_ bytes: [UInt8], _ positions: [Int], size: Int) -> [UInt8] {
    positions.flatMap { bytes[$0 * size..<($0 + 1) * size] }
  }

  /// Tensors joined along the first axis; scalars become entries of a vector.
  /// - Returns: `nil` where types or other extents differ.
  static func joined(_ parts: [HostTensor]) -> HostTensor? {
    guard let first = parts.first else { return nil }
    let tail = first.shape.dropFirst()
    guard parts.allSatisfy({ $0.shape.dropFirst() == tail }) else { return nil }
    let count = parts.reduce(0) { $0 + ($1.shape.first ?? 1) }
    func values<Value>(_ pick: (Storage) -> [Value]?) -> [Value]? {
      var result: [Value] = []
      for part in parts {
        guard let values = pick(part.storage) else { return nil }
        result += values
      }
      return result
    }
    let storage: Storage? =
      switch first.storage {
      case .float32: values { if case .float32(let v) = $0 { v } else { nil } }.map(Storage.float32)
      case .float64: values { if case .float64(let v) = $0 { v } else { nil } }.map(Storage.float64)
      case .int32: values { if case .int32(let v) = $0 { v } else { nil } }.map(Storage.int32)
      case .int64: values { if case .int64(let v) = $0 { v } else { nil } }.map(Storage.int64)
      case .uint8: values { if case .uint8(let v) = $0 { v } else { nil } }.map(Storage.uint8)
      case .bool: values { if case .bool(let v) = $0 { v } else { nil } }.map(Storage.bool)
      case .strings, .bytes: nil
      }
    return storage.map { HostTensor(shape: [count] + tail, storage: $0) }
  }

  /// `size` examples from `start`; the last one is repeated beyond the end.
  func piece(from start: Int, of size: Int) -> HostTensor {
    let last = (shape.first ?? 1) - 1
    return examples((start..<start + size).map { min($0, last) })
  }

  /// Whether two tensors are equal up to rounding that the order of summation explains: within
  /// 10⁻⁶ + 10⁻³ of the largest magnitude.
  func agrees(with other: HostTensor) -> Bool {
    guard let left = floats, let right = other.floats else { return self == other }
    let scale = left.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
    let tolerance = 1e-6 + 1e-3 * scale
    return zip(left, right).allSatisfy { first, second in
      first == second || (first.isNaN && second.isNaN) || (first - second).magnitude <= tolerance
    }
  }
}
