internal import PruneCore

extension HostTensor {
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

  /// `true` where two tensors are equal up to rounding that the order of summation explains: within
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
