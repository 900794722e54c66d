internal import CTorch
internal import PruneCore

/// Tensor of libtorch, freed with its last reference.
final class TorchTensor {
  let handle: ct_tensor

  /// Takes over a handle that nothing else frees.
  init(adopting handle: ct_tensor) { self.handle = handle }

  deinit { ct_tensor_free(handle) }

  var type: ct_type {
    get throws(EngineError) { try description.type }
  }

  var shape: [Int] {
    get throws(EngineError) {
      var description = try description
      let rank = description.rank
      return withUnsafeBytes(of: &description.extents) { raw in
        raw.bindMemory(to: Int64.self).prefix(rank).map { Int($0) }
      }
    }
  }

  var rank: Int {
    get throws(EngineError) { try description.rank }
  }

  private var description: ct_description {
    get throws(EngineError) {
      var result = ct_description()
      try check("describe") { ct_describe(&result, handle, $0) }
      return result
    }
  }
}

extension TorchTensor {
  func reshaped(_ shape: [Int]) throws(EngineError) -> TorchTensor {
    try shim("reshape", keeping: self) { out, message in
      shape.withExtents { ct_reshape(&out, handle, $0, message) }
    }
  }

  func permuted(_ axes: [Int]) throws(EngineError) -> TorchTensor {
    try shim("permute", keeping: self) { out, message in
      axes.withExtents { ct_permute(&out, handle, $0, message) }
    }
  }

  /// Tensor broadcast to `shape`: axes of extent 1 are repeated, new axes come first.
  func expanded(to shape: [Int]) throws(EngineError) -> TorchTensor {
    try shim("expand", keeping: self) { out, message in
      shape.withExtents { ct_expand(&out, handle, $0, message) }
    }
  }

  /// Entries `range` of axis 0, detached and without a copy.
  func rows(_ range: Range<Int>) throws(EngineError) -> TorchTensor {
    try shim("rows", keeping: self) {
      ct_rows(&$0, handle, Int64(range.lowerBound), Int64(range.count), $1)
    }
  }

  static func zeros(_ shape: [Int], real: RealType) throws(EngineError) -> TorchTensor {
    let zero = try TorchTensor(HostTensor.zeros([]), real: real)
    return try shim("zeros", keeping: zero) { out, message in
      shape.withExtents { ct_filled(&out, zero.handle, $0, message) }
    }
  }
}
