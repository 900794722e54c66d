/// Name and type of a graph input, output or intermediate value.
public struct ValueInfo: Hashable, Sendable {
  /// The extent of an axis, as far as it is known.
  public enum Dimension: Hashable, Sendable {
    /// Known when the model was exported.
    case fixed(Int)
    /// Known by name alone, such as a batch axis `N`; equal names mean equal extents.
    case symbolic(String)
    /// Nothing is stated.
    case unknown
  }

  /// Unique among the values of a graph.
  public var name: String
  /// `nil` where the type is absent or not a tensor (then ``opaque`` holds it).
  public var elementType: ElementType?
  /// `nil` where the rank is unknown.
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

  /// For messages: `[N, 1, 28, 28]`.
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
