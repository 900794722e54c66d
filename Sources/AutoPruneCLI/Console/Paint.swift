import Foundation

/// Colours for a terminal, and plain text everywhere else.
struct Paint: Sendable {
  enum Colour: Int, Sendable {
    case red = 31
    case green = 32
    case yellow = 33
  }

  let isOn: Bool

  /// - Source: <https://no-color.org>: NO_COLOR that is not empty switches colours off.
  init(
    isTerminal: Bool, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    isOn =
      isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  func callAsFunction(_ text: String, _ colour: Colour) -> String {
    isOn ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
  }
}
