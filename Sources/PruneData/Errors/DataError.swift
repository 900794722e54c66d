/// Why data could not be used: which file, what is wrong, what was expected, what to do.
public enum DataError: Error, Hashable, Sendable {
  case notFound(String)
  /// The operating system refused to read the file.
  case unreadable(String, reason: String)
  /// The operating system refused to write the file.
  case unwritable(String, reason: String)
  case unrecognised(String, lookedFor: [String])
  case ambiguous(String, found: [String])
  case empty(String)
  case truncated(String, part: String, got: Int, expected: Int)
  case trailingBytes(String, part: String)
  /// Compressed data that does not decompress.
  case corrupt(String, reason: String)
  case malformed(String, part: String, got: String, expected: String)
  case unsupported(String, got: String, advice: String)
  /// Would take more memory than the size of the file justifies.
  case tooLarge(String, neededBytes: Int, limitBytes: Int)
  case missingArray(String, name: String, found: [String])
  case wrongArray(String, name: String, got: String, expected: String)
  case countMismatch(String, examples: Int, labels: Int)
  case notFinite(String, index: Int)
  case negativeLabel(String, index: Int, label: Int)
  case labelOutOfRange(String, index: Int, label: Int, classes: Int)
  case unlabelledClass(String, name: String, known: [String])
  case imageSizeMismatch(String, got: [Int], expected: [Int], first: String)
  case shapeMismatch(String, data: [Int], model: String, input: String)
  case inputCountMismatch(String, data: Int, model: Int)
  case tooFewExamples(String, got: Int, expected: Int)
  case badOption(String, got: String, expected: String)
  case resourceNotFound(String, lookedIn: [String])

  /// Whether the operating system is the cause, not the data (exit code 74 instead of 65).
  public var isInputOutput: Bool {
    switch self {
    case .notFound, .unreadable, .unwritable, .resourceNotFound: true
    default: false
    }
  }
}
