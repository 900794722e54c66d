/// A dense tensor in host memory, row-major.
public struct HostTensor: Hashable, Sendable {
  /// The elements, in row-major order.
  public enum Storage: Hashable, Sendable {
    /// ``ElementType/float32``.
    case float32([Float])
    /// ``ElementType/float64``.
    case float64([Double])
    /// ``ElementType/int32``.
    case int32([Int32])
    /// ``ElementType/int64``.
    case int64([Int64])
    /// ``ElementType/uint8``.
    case uint8([UInt8])
    /// ``ElementType/bool``.
    case bool([Bool])
    /// ``ElementType/string``, each element its bytes.
    case strings([[UInt8]])
    /// Elements of any other type: little-endian bytes as in ONNX's `raw_data`.
    case bytes(ElementType, [UInt8])
  }

  /// Extents per axis; `[]` for a scalar.
  public let shape: [Int]
  /// Elements, as many as ``shape`` says; the case is the type.
  public private(set) var storage: Storage

  /// - Precondition: `storage` holds exactly as many elements as `shape` says.
  public init(shape: [Int], storage: Storage) {
    precondition(
      Self.holds(storage, count: Self.elementCount(of: shape)),
      "storage does not hold the \(Self.elementCount(of: shape)) elements of shape \(shape)")
    self.shape = shape
    self.storage = storage
  }

  /// A single-precision tensor.
  ///
  /// - Precondition: as many values as `shape` says, row-major.
  public init(_ values: [Float], shape: [Int]) {
    self.init(shape: shape, storage: .float32(values))
  }

  /// A tensor of 64-bit integers, such as a shape or indices.
  ///
  /// - Precondition: as many values as `shape` says, row-major.
  public init(_ values: [Int64], shape: [Int]) {
    self.init(shape: shape, storage: .int64(values))
  }

  /// Single-precision zeros.
  public static func zeros(_ shape: [Int]) -> HostTensor {
    HostTensor([Float](repeating: 0, count: elementCount(of: shape)), shape: shape)
  }

  /// Number of elements; 1 for a scalar.
  public var count: Int { Self.elementCount(of: shape) }

  /// Type of every element.
  public var elementType: ElementType {
    switch storage {
    case .float32: .float32
    case .float64: .float64
    case .int32: .int32
    case .int64: .int64
    case .uint8: .uint8
    case .bool: .bool
    case .strings: .string
    case .bytes(let type, _): type
    }
  }

  /// The same elements under another shape of equal count.
  public func reshaped(_ shape: [Int]) -> HostTensor { HostTensor(shape: shape, storage: storage) }

  /// Product of the extents; 1 for a scalar.
  public static func elementCount(of shape: [Int]) -> Int { shape.reduce(1, *) }

  private static func holds(_ storage: Storage, count: Int) -> Bool {
    switch storage {
    case .float32(let values): values.count == count
    case .float64(let values): values.count == count
    case .int32(let values): values.count == count
    case .int64(let values): values.count == count
    case .uint8(let values): values.count == count
    case .bool(let values): values.count == count
    case .strings(let values): values.count == count
    case .bytes(let type, let bytes): bytes.count == ((type.bitWidth ?? 0) * count + 7) / 8
    }
  }
}
