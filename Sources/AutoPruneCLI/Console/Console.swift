import Foundation

/// Prints results to standard output and progress to standard error; one live line on a terminal, plain lines elsewhere.
struct Console: Sendable {
  let isQuiet: Bool
  let tableToStandardError: Bool

  /// `true` where standard error is a terminal that can replace lines.
  private var isTerminal: Bool {
    isatty(FileHandle.standardError.fileDescriptor) == 1
      && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Prints a result for people.
  func result(_ text: String) {
    let handle =
      tableToStandardError ? FileHandle.standardError : FileHandle.standardOutput
    handle.write(Data((clearLine + text + "\n").utf8))
  }

  /// Prints a line of progress that stays.
  func progress(_ text: String) {
    guard !isQuiet else { return }
    Self.writeError(clearLine + text + "\n")
  }

  /// Prints a line of progress that the next one replaces; only on a terminal.
  func live(_ text: String) {
    guard !isQuiet, isTerminal else { return }
    Self.writeError(clearLine + text)
  }

  func warning(_ text: String) {
    Self.writeError(clearLine)
    Self.writeWarning(text)
  }

  /// Colours for standard error.
  static let paint = Paint(isTerminal: isatty(FileHandle.standardError.fileDescriptor) == 1)

  static func writeFailure(_ error: any Error) {
    writeError("\(paint("autoprune: error:", .red)) \(Failure.line(for: error))\n")
  }

  static func writeWarning(_ text: String) {
    writeError("\(paint("warning:", .yellow)) \(text)\n")
  }

  static func writeError(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  private var clearLine: String { isTerminal ? "\r\u{1B}[2K" : "" }
}

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
