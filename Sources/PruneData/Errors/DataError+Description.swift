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
