/// Why a network cannot be made.
public enum ArchitectureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A name that ``Architecture/init(_:)`` does not understand; `known` are the spellings it does.
  case unknown(String, known: [String])
  /// An option, named first, is out of range or does not suit the architecture.
  case badOption(String, got: String, expected: String)
  /// A stored tensor of the network would pass the limit on its elements.
  case tooLarge(parameter: String, elements: Int, limit: Int)

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "no architecture '\(name)'; there are \(known.joined(separator: ", "))"
    case .badOption(let option, let got, let expected):
      "\(option) is \(got), expected \(expected)"
    case .tooLarge(let parameter, let elements, let limit):
      "'\(parameter)' would hold \(elements) weights, expected at most \(limit); choose a smaller network"
    }
  }
}
