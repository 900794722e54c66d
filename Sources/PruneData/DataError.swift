/// An error of reading or writing data: which file, what is wrong, what was expected, what to do.
///
/// The value without a label is the path of the file or folder, unless a case says otherwise.
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
  /// The file has no bytes, or the data no examples.
  case empty(String)
  /// A part ends early; both numbers in bytes.
  case truncated(String, part: String, got: Int, expected: Int)
  /// Bytes follow where the format says that a part ends.
  case trailingBytes(String, part: String)
  /// Compressed data that does not decompress.
  case corrupt(String, reason: String)
  /// A part breaks the rules of its format.
  case malformed(String, part: String, got: String, expected: String)
  /// A well-formed file of a variant that is not read or written; `advice` says what would be.
  case unsupported(String, got: String, advice: String)
  /// The data would take more memory than the size of the file justifies.
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
  /// The shape of the examples does not fit the model's input; `model` writes its symbolic axes by name.
  case shapeMismatch(String, data: [Int], model: String, input: String)
  /// Arrays per example and inputs of the model differ in number.
  case inputCountMismatch(String, data: Int, model: Int)
  /// Too few examples to divide into the parts needed.
  case tooFewExamples(String, got: Int, expected: Int)
  /// An option of the caller, named first, is out of range.
  case badOption(String, got: String, expected: String)
  /// A file that belongs to the program is missing from its installation; its name comes first.
  case resourceNotFound(String, lookedIn: [String])

  /// `true` where the operating system is the cause, not the data (exit code 74 instead of 65).
  public var isInputOutput: Bool {
    switch self {
    case .notFound, .unreadable, .unwritable, .resourceNotFound: true
    default: false
    }
  }
}

extension DataError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let path):
      "\(path): no such file or directory; check the path"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason)"
    case .unrecognised(let path, let lookedFor):
      "\(path): holds no data set; looked for \(lookedFor.joined(separator: "; "))"
    case .ambiguous(let path, let found):
      "\(path): holds more than one data set: \(found.joined(separator: "; ")); name one, or move the others away"
    case .empty(let path):
      "\(path): is empty, expected examples; check that the file was written completely"
    case .truncated(let path, let part, let got, let expected):
      "\(path): \(part) ends early: got \(got) bytes, expected \(expected); copy or download the file again"
    case .trailingBytes(let path, let part):
      "\(path): bytes follow the end of \(part), expected none; the file is damaged or its header is wrong"
    case .corrupt(let path, let reason):
      "\(path): compressed data is damaged (\(reason)); copy or download the file again"
    case .malformed(let path, let part, let got, let expected):
      "\(path): \(part) is \(got), expected \(expected)"
    case .unsupported(let path, let got, let advice):
      "\(path): \(got) is not supported; \(advice)"
    case .tooLarge(let path, let needed, let limit):
      "\(path): would take \(needed) bytes of memory, expected at most \(limit) for a file of this size; if it is genuine, store it uncompressed"
    case .missingArray(let path, let name, let found):
      "\(path): has no array '\(name)'; it holds \(found.isEmpty ? "nothing" : found.joined(separator: ", "))"
    case .wrongArray(let path, let name, let got, let expected):
      "\(path): array '\(name)' is \(got), expected \(expected)"
    case .countMismatch(let path, let examples, let labels):
      "\(path): \(examples) examples but \(labels) labels, expected equal numbers; the files may belong to different sets"
    case .notFinite(let path, let index):
      "\(path): value \(index) is NaN or infinite, expected finite numbers; clean the data first"
    case .negativeLabel(let path, let index, let label):
      "\(path): label \(label) of example \(index) is negative, expected classes 0, 1, …; write classes as whole numbers from 0, or as names in CSV"
    case .labelOutOfRange(let path, let index, let label, let classes):
      "\(path): label \(label) of example \(index) is out of range, expected 0 ..< \(classes), the width of the model's output; is this the model's data set?"
    case .unlabelledClass(let path, let name, let known):
      "\(path): class '\(name)' is not in the training part, which has \(known.joined(separator: ", "))"
    case .imageSizeMismatch(let path, let got, let expected, let first):
      "\(path): image is \(got), expected \(expected) (channels, height, width) as \(first); resize the images to one size"
    case .shapeMismatch(let path, let data, let model, let input):
      "\(path): examples have shape \(data), but input '\(input)' of the model takes \(model); reshape the data or choose the data set the model was made for"
    case .inputCountMismatch(let path, let data, let model):
      "\(path): holds \(data) inputs per example, but the model takes \(model); give one array per model input"
    case .tooFewExamples(let path, let got, let expected):
      "\(path): \(got) examples, expected at least \(expected)"
    case .badOption(let name, let got, let expected):
      "\(name) is \(got), expected \(expected)"
    case .resourceNotFound(let name, let lookedIn):
      "embedded file '\(name)' not found in \(lookedIn.joined(separator: ", ")); reinstall, or set AUTOPRUNE_RESOURCES to its folder"
    }
  }
}
