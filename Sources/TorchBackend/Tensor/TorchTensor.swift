internal import CTorch
internal import PruneCore

/// A libtorch tensor, freed when the last reference goes.
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
