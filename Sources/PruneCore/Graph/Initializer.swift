/// A constant tensor stored in the file: a weight, a bias, a shape.
public struct Initializer: Hashable, Sendable {
  /// How the file stores the elements; kept so that an unchanged tensor is written as it was read.
  public enum Encoding: Hashable, Sendable {
    case raw
    /// In a typed field such as `float_data`.
    case typed
    /// In a file beside the model; `location` is relative to the model's folder.
    case external(location: String)
    /// Only the elements that are not zero, with their positions; `opaque` is then of `SparseTensorProto`.
    case sparse(isTyped: Bool)
  }

  public var name: String
  public var tensor: HostTensor
  public var encoding: Encoding
  public var documentation: String
  /// Encoded protobuf fields of `TensorProto` that are not modelled here.
  public var opaque: [UInt8]

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
