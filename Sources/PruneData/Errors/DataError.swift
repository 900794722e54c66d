/// Why data could not be used: which file, what is wrong, what was expected, what to do.
///
/// The value without a label is the file or folder, unless a case says otherwise.
public enum DataError: Error, Hashable, Sendable {
  /// Nothing lies at the path, or a part is missing that must accompany what does.
  case notFound(String)
  /// The operating system refused to read the file.
  case unreadable(String, reason: String)
  /// The operating system refused to write the file.
  case unwritable(String, reason: String)
  /// The path holds no data set of a known kind; `lookedFor` lists what would have been one.
  case unrecognised(String, lookedFor: [String])
  /// The path holds several data sets, or two files for one part.
  case ambiguous(String, found: [String])
  /// No bytes, or no examples.
  case empty(String)
  /// A part ends early; both numbers in bytes.
  case truncated(String, part: String, got: Int, expected: Int)
  /// Bytes follow where the format says that a part ends.
  case trailingBytes(String, part: String)
  /// Compressed data that does not decompress.
  case corrupt(String, reason: String)
  /// A part breaks the rules of its format.
  case malformed(String, part: String, got: String, expected: String)
  /// Well formed, but of a variant that is not read or written; `advice` says what would be.
  case unsupported(String, got: String, advice: String)
  /// Would take more memory than the size of the file justifies.
  case tooLarge(String, neededBytes: Int, limitBytes: Int)
  /// No array of the wanted name; `found` are those there are.
  case missingArray(String, name: String, found: [String])
  /// An array of a shape or type that its place does not take.
  case wrongArray(String, name: String, got: String, expected: String)
  /// Examples and labels differ in number.
  case countMismatch(String, examples: Int, labels: Int)
  /// NaN or infinity among inputs or targets; `index` in stored order.
  case notFinite(String, index: Int)
  /// A label below 0, where classes count from 0; `index` is that of its example.
  case negativeLabel(String, index: Int, label: Int)
  /// A label that the model has no output for, or that the format forbids; `index` is that of its example.
  case labelOutOfRange(String, index: Int, label: Int, classes: Int)
  /// A class of the test part that the training part does not have.
  case unlabelledClass(String, name: String, known: [String])
  /// A picture of another size than the `first`; both as channels, height and width.
  case imageSizeMismatch(String, got: [Int], expected: [Int], first: String)
  /// One example is shaped as no example of the model's input; `model` writes its symbolic axes by name.
  case shapeMismatch(String, data: [Int], model: String, input: String)
  /// Arrays per example and inputs of the model differ in number.
  case inputCountMismatch(String, data: Int, model: Int)
  /// Too few to part into training, search and certificate.
  case tooFewExamples(String, got: Int, expected: Int)
  /// An option of the caller, named first, is out of range.
  case badOption(String, got: String, expected: String)
  /// A file that belongs to the program is missing from its installation; its name comes first.
  case resourceNotFound(String, lookedIn: [String])

  /// Whether the operating system is the cause, not the data (exit code 74 instead of 65).
  public var isInputOutput: Bool {
    switch self {
    case .notFound, .unreadable, .unwritable, .resourceNotFound: true
    default: false
    }
  }
}
