import Foundation

/// Results on standard output, progress on standard error; one live line on a terminal, plain lines elsewhere.
struct Console: Sendable {
  let isQuiet: Bool
  let tableToStandardError: Bool

  /// Whether lines can be replaced: no program is at the other end, and the terminal knows how.
  private var isTerminal: Bool {
    isatty(FileHandle.standardError.fileDescriptor) == 1
      && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// A result for people.
  func result(_ text: String) {
    let handle =
      tableToStandardError ? FileHandle.standardError : FileHandle.standardOutput
    handle.write(Data((clearLine + text + "\n").utf8))
  }

  /// A line of progress that stays.
  func progress(_ text: String) {
    guard !isQuiet else { return }
    Self.writeError(clearLine + text + "\n")
  }

  /// A line of progress that the next one replaces; nothing where no terminal shows it.
  func live(_ text: String) {
    guard !isQuiet, isTerminal else { return }
    Self.writeError(clearLine + text)
  }

  func warning(_ text: String) { Self.writeError(clearLine + "warning: \(text)\n") }

  static func writeError(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  private var clearLine: String { isTerminal ? "\r\u{1B}[2K" : "" }
}
