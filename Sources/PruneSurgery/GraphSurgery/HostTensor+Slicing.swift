import PruneCore

extension HostTensor {
  /// The given positions along one axis, in their order.
  ///
  /// - Returns: `nil` for elements of less than a byte.
  /// - Precondition: `axis` and all positions exist.
  func taking(_ positions: [Int], along axis: Int) -> HostTensor? {
    var target = shape
    target[axis] = positions.count
    let gather = SliceGather(
      outer: shape[..<axis].reduce(1, *), extent: shape[axis],
      inner: shape[(axis + 1)...].reduce(1, *), positions: positions)
    let taken: Storage
    switch storage {
    case .float32(let values): taken = .float32(gather(values))
    case .float64(let values): taken = .float64(gather(values))
    case .int32(let values): taken = .int32(gather(values))
    case .int64(let values): taken = .int64(gather(values))
    case .uint8(let values): taken = .uint8(gather(values))
    case .bool(let values): taken = .bool(gather(values))
    case .strings(let values): taken = .strings(gather(values))
    case .bytes(let type, let bytes):
      guard let width = type.bitWidth, width % 8 == 0 else { return nil }
      var wide = gather
      wide.inner *= width / 8
      taken = .bytes(type, wide(bytes))
    }
    return HostTensor(shape: target, storage: taken)
  }
}

/// Copies blocks of `inner` consecutive elements.
private struct SliceGather {
  let outer: Int
  let extent: Int
  var inner: Int
  let positions: [Int]

  func callAsFunction<Element>(_ values: [Element]) -> [Element] {
    var result: [Element] = []
    result.reserveCapacity(outer * positions.count * inner)
    for block in 0..<outer {
      for position in positions {
        let start = (block * extent + position) * inner
        result += values[start..<start + inner]
      }
    }
    return result
  }
}
