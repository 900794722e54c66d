/// Who decided which weights or units a selection kept.
public enum SelectionSource: Hashable, Sendable {
  /// The importance predictor of a name.
  case predictor(String)
  /// The hand-set prior that every fit of a predictor starts from.
  case prior
  /// The hand-made criterion of a name.
  case criterion(String)
}

extension SelectionSource: CustomStringConvertible, Codable {
  /// `predictor:NAME`, `prior` or `criterion:NAME`, as JSON and reports hold it.
  public var description: String {
    switch self {
    case .predictor(let name): "predictor:\(name)"
    case .prior: "prior"
    case .criterion(let name): "criterion:\(name)"
    }
  }

  /// Reads a ``description``; `nil` for any other text.
  public init?(_ text: String) {
    if text == "prior" {
      self = .prior
    } else if text.hasPrefix("predictor:") {
      self = .predictor(String(text.dropFirst("predictor:".count)))
    } else if text.hasPrefix("criterion:") {
      self = .criterion(String(text.dropFirst("criterion:".count)))
    } else {
      return nil
    }
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let source = SelectionSource(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "'\(text)' is neither predictor:NAME nor prior nor criterion:NAME")
    }
    self = source
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
