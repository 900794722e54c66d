internal import CTorch
internal import PruneCore

/// Floating-point type that the engine computes in.
enum RealType {
  case float32
  case float64

  var shimType: ct_type { self == .float32 ? CT_FLOAT32 : CT_FLOAT64 }
}

extension ElementType {
  /// Type that the engine computes in for values declared as this type.
  func shimType(real: RealType) -> ct_type {
    switch self {
    case .int8: CT_INT8
    case .int16: CT_INT16
    case .int32: CT_INT32
    case .uint8: CT_UINT8
    case .bool: CT_BOOL
    case .int64, .uint16, .uint32, .uint64: CT_INT64
    default: real.shimType
    }
  }
}

extension TorchTensor {
  /// Copies a host tensor; every floating-point type becomes `real`, unsigned integers become
  /// int64.
  convenience init(_ host: HostTensor, real: RealType = .float32) throws(EngineError) {
    switch host.storage {
    case .float32(let values) where real == .float32:
      try self.init(values, type: CT_FLOAT32, shape: host.shape)
    case .float64(let values) where real == .float64:
      try self.init(values, type: CT_FLOAT64, shape: host.shape)
    case .float64(let values):
      try self.init(values.map { Float($0) }, type: CT_FLOAT32, shape: host.shape)
    case .int32(let values): try self.init(values, type: CT_INT32, shape: host.shape)
    case .int64(let values): try self.init(values, type: CT_INT64, shape: host.shape)
    case .uint8(let values): try self.init(values, type: CT_UINT8, shape: host.shape)
    case .bool(let values): try self.init(values, type: CT_BOOL, shape: host.shape)
    case .bytes(.int8, let values): try self.init(values, type: CT_INT8, shape: host.shape)
    default:
      if host.elementType.isFloatingPoint, let values = host.floats {
        if real == .float64 {
          try self.init(values.map { Double($0) }, type: CT_FLOAT64, shape: host.shape)
        } else {
          try self.init(values, type: CT_FLOAT32, shape: host.shape)
        }
      } else if let values = host.integers {
        try self.init(values.map { Int64($0) }, type: CT_INT64, shape: host.shape)
      } else {
        throw .failed(
          operation: "load", node: "",
          message: "tensors of type \(host.elementType) are not supported; convert them to float32")
      }
    }
  }

  convenience init<Value: BitwiseCopyable>(
    _ values: [Value], type: ct_type, shape: [Int]
  ) throws(EngineError) {
    var handle = ct_tensor()
    try check("load") { message in
      values.withUnsafeBytes { bytes in
        shape.withExtents {
          ct_tensor_create(&handle, type, $0, bytes.baseAddress, bytes.count, message)
        }
      }
    }
    self.init(adopting: handle)
  }

  /// Copies the elements to the host.
  func host() throws(EngineError) -> HostTensor {
    let shape = try shape
    switch try type {
    case CT_FLOAT32: return HostTensor(shape: shape, storage: .float32(try elements(zero: 0)))
    case CT_FLOAT64: return HostTensor(shape: shape, storage: .float64(try elements(zero: 0)))
    case CT_INT32: return HostTensor(shape: shape, storage: .int32(try elements(zero: 0)))
    case CT_INT64: return HostTensor(shape: shape, storage: .int64(try elements(zero: 0)))
    case CT_UINT8: return HostTensor(shape: shape, storage: .uint8(try elements(zero: 0)))
    case CT_BOOL: return HostTensor(shape: shape, storage: .bool(try elements(zero: false)))
    case CT_INT8:
      return HostTensor(shape: shape, storage: .bytes(.int8, try elements(zero: 0)))
    case CT_INT16: return try cast(to: CT_INT32).host()
    default: return try cast(to: CT_FLOAT32).host()
    }
  }

  /// Integer elements, as of shapes, axes and indices.
  func integers() throws(EngineError) -> [Int] {
    guard let values = try host().integers else {
      throw .failed(operation: "read", node: "", message: "expected integers")
    }
    return values
  }

  func cast(to type: ct_type) throws(EngineError) -> TorchTensor {
    try shim("cast", keeping: self) { ct_cast(&$0, handle, type, $1) }
  }

  private func elements<Value: BitwiseCopyable>(zero: Value) throws(EngineError) -> [Value] {
    let count = HostTensor.elementCount(of: try shape)
    var values = [Value](repeating: zero, count: count)
    try check("read", keeping: self) { message in
      values.withUnsafeMutableBytes { bytes in
        ct_tensor_read(handle, bytes.baseAddress, bytes.count, message)
      }
    }
    return values
  }
}
