/// Name and type of a graph input, output or intermediate value.
public struct ValueInfo: Hashable, Sendable {
  /// The extent of an axis, as far as it is known.
  public enum Dimension: Hashable, Sendable {
    /// A number.
    case fixed(Int)
    /// A name, such as `N` for a batch axis; equal names mean equal extents.
    case symbolic(String)
    /// Nothing is stated.
    case unknown
  }

  /// Name, unique among the values of a graph.
  public var name: String
  /// Element type; `nil` where the type is absent or not a tensor (then ``opaque`` holds it).
  public var elementType: ElementType?
  /// Shape; `nil` where the rank is unknown.
  public var shape: [Dimension]?
  /// The value's `doc_string`; empty where it has none.
  public var documentation: String
  /// Encoded protobuf fields of `ValueInfoProto` that are not modelled here.
  public var opaque: [UInt8]

  /// - Parameter shape: `nil` where the rank is unknown.
  public init(
    name: String, elementType: ElementType? = .float32, shape: [Dimension]? = nil,
    documentation: String = "", opaque: [UInt8] = []
  ) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.documentation = documentation
    self.opaque = opaque
  }

  /// The shape as text for messages, such as `[N, 1, 28, 28]`.
  public var shapeDescription: String {
    guard let shape else { return "[…]" }
    let axes = shape.map { axis in
      switch axis {
      case .fixed(let extent): "\(extent)"
      case .symbolic(let name): name
      case .unknown: "?"
      }
    }
    return "[\(axes.joined(separator: ", "))]"
  }
}

/// A constant tensor stored in the file: a weight, a bias, a shape.
public struct Initializer: Hashable, Sendable {
  /// Encoding of the elements in the file; kept so that an unchanged tensor is written as it was read.
  public enum Encoding: Hashable, Sendable {
    /// In `raw_data`, as most exporters write it.
    case raw
    /// In a typed field such as `float_data`.
    case typed
    /// In a file beside the model; `location` is relative to the model's folder.
    case external(location: String)
    /// Only the elements that are not zero, with their positions; ``Initializer/opaque`` then holds fields of
    /// `SparseTensorProto`.
    case sparse(isTyped: Bool)
  }

  /// Value name under which nodes read the tensor.
  public var name: String
  /// Decoded elements, whatever the encoding.
  public var tensor: HostTensor
  /// Encoding that the next write uses.
  public var encoding: Encoding
  /// The tensor's `doc_string`; empty where it has none.
  public var documentation: String
  /// Encoded protobuf fields of `TensorProto` that are not modelled here.
  public var opaque: [UInt8]

  /// - Parameter encoding: encoding in the file to be written; raw for tensors made here.
  public init(
    name: String, tensor: HostTensor, encoding: Encoding = .raw, documentation: String = "",
    opaque: [UInt8] = []
  ) {
    self.name = name
    self.tensor = tensor
    self.encoding = encoding
    self.documentation = documentation
    self.opaque = opaque
  }
}
