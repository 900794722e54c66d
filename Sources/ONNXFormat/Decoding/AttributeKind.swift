import PruneCore

/// `AttributeProto.AttributeType`, as far as ``Attribute`` has a value for it.
enum AttributeKind: Int32 {
  case float = 1
  case int, string, tensor, graph, floats, ints, strings, tensors, graphs

  /// `nil` for ``Attribute/Value/opaque(type:encoded:)``.
  init?(_ value: Attribute.Value) {
    switch value {
    case .float: self = .float
    case .int: self = .int
    case .string: self = .string
    case .tensor: self = .tensor
    case .graph: self = .graph
    case .floats: self = .floats
    case .ints: self = .ints
    case .strings: self = .strings
    case .tensors: self = .tensors
    case .graphs: self = .graphs
    case .opaque: return nil
    }
  }
}

extension Onnx_AttributeProto {
  /// ONNX's type number; where it is not stated, as in files of 2017, that of the field that is set.
  var kindNumber: Int32 {
    if hasType, type != 0 { return type }
    let fields: [(isSet: Bool, kind: AttributeKind)] = [
      (hasF, .float), (hasI, .int), (hasS, .string), (hasT, .tensor), (hasG, .graph),
      (!floats.isEmpty, .floats), (!ints.isEmpty, .ints), (!strings.isEmpty, .strings),
      (!tensors.isEmpty, .tensors), (!graphs.isEmpty, .graphs),
    ]
    return fields.first { $0.isSet }?.kind.rawValue ?? 0
  }

  func holdsValue(of kind: AttributeKind) -> Bool {
    switch kind {
    case .float: hasF
    case .int: hasI
    case .string: hasS
    case .tensor: hasT
    case .graph: hasG
    case .floats, .ints, .strings, .tensors, .graphs: true
    }
  }
}
