public import PruneCore

extension Graph {
  /// The same graph with weights that are mostly zero stored as ONNX sparse initializers, where that
  /// makes the file smaller.
  ///
  /// A non-zero float then takes 12 bytes instead of 4, so that it pays from about two thirds of zeros on.
  /// Needs IR version 6; an older model is raised to it.
  /// - Source: [ONNX IR](https://github.com/onnx/onnx/blob/main/docs/IR.md), `sparse_initializer`.
  public func storingSparse() -> Graph {
    var result = self
    var storedBytes = 0
    var denseBytes = 0
    var names: Set<String> = []
    for position in initializers.indices {
      let tensor = initializers[position].tensor
      guard tensor.elementType.isFloatingPoint, initializers[position].opaque.isEmpty,
        let dense = RawTensorData.byteCount(tensor.elementType, shape: tensor.shape)
      else { continue }
      let sparse = Self.sparseBytes(of: tensor)
      // What a reader would have to take from a file that may be hostile.
      let isReadable =
        denseBytes + dense <= SparseAllowance.bytes(fileBytes: storedBytes + sparse) / 2
      guard sparse < dense, isReadable else { continue }
      storedBytes += sparse
      denseBytes += dense
      result.initializers[position].encoding = .sparse(isTyped: false)
      names.insert(initializers[position].name)
    }
    guard !names.isEmpty else { return self }
    // Before IR 4 every initializer is an input as well; a sparse one must not be.
    result.inputs.removeAll { names.contains($0.name) }
    result.model.irVersion = max(model.irVersion, 6)
    return result
  }

  private static func sparseBytes(of tensor: HostTensor) -> Int {
    let width = (tensor.elementType.bitWidth ?? 0) / 8
    return (tensor.floats?.count { $0.bitPattern != 0 } ?? tensor.count) * (width + 8)
      + recordOverheadBytes
  }

  /// Types, extents and lengths of the three records of a sparse tensor.
  private static var recordOverheadBytes: Int { 48 }
}

/// Zeros that sparse tensors may stand for in a file of some size.
enum SparseAllowance {
  static func bytes(fileBytes: Int) -> Int {
    let (product, overflow) = fileBytes.multipliedReportingOverflow(by: 64)
    return overflow ? .max : product &+ 32 << 20
  }
}
