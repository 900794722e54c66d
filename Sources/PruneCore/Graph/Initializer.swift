/// A constant tensor stored in the file: a weight, a bias, a shape.
public struct Initializer: Hashable, Sendable {
  /// How the file stores the elements; kept so that an unchanged tensor is written as it was read.
  public enum Encoding: Hashable, Sendable {
    /// In `raw_data`, as most exporters write it.
    case raw
    /// In a typed field such as `float_data`.
    case typed
    /// In a file beside the model; `location` is relative to the model's folder.
    case external(location: String)
    /// Only the elements that are not zero, with their positions; `opaque` is then of `SparseTensorProto`.
    case sparse(isTyped: Bool)
  }

  /// The value name that nodes read it under.
  public var name: String
  /// Decoded elements, whatever the encoding.
  public var tensor: HostTensor
  /// How the next write stores it.
  public var encoding: Encoding
  /// The tensor's `doc_string`; empty where it has none.
  public var documentation: String
  /// Encoded protobuf fields of `TensorProto` that are not modelled here.
  public var opaque: [UInt8]

  /// - Parameter encoding: as the file will store it; raw for tensors made here.
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
