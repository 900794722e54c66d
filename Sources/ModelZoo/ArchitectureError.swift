/// Why a network cannot be made.
public enum ArchitectureError: Error, Hashable, Sendable, CustomStringConvertible {
  case unknown(String, known: [String])
  case badOption(String, got: String, expected: String)
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
