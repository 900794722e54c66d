/// Why a preset cannot be read or written.
public enum PresetError: Error, Hashable, CustomStringConvertible {
  /// The operating system refused.
  case unreadable(path: String, reason: String)
  /// Far more bytes than any preset has; it is not parsed.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// No JSON, or JSON of something else.
  case notAPreset(path: String, reason: String)
  /// Written by a later program; see ``Preset/formatVersion``.
  case newerFormat(path: String, got: Int, supported: Int)
  /// Fitted to another version of ``FeatureRegistry``, whose features mean something else.
  case otherRegistry(path: String, got: Int, expected: Int)
  /// A kind of predictor that ``PredictorKind`` does not list.
  case unknownKind(path: String, kind: String)
  /// It asks for a feature that ``FeatureRegistry`` does not hold.
  case unknownFeature(path: String, name: String)
  /// Its parts do not fit each other, such as coefficients and terms in number.
  case inconsistent(path: String, reason: String)
  /// The operating system refused to write it.
  case unwritable(path: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot read preset '\(path)': \(reason); `autoprune predictor list` shows the shipped ones"
    case .tooLarge(let path, let bytes, let limit):
      "preset \(path) has \(bytes) bytes, expected at most \(limit); is it a preset?"
    case .notAPreset(let path, let reason):
      "\(path) is no AutoPrune preset: \(reason); make one with 'autoprune fit'"
    case .newerFormat(let path, let got, let supported):
      "preset \(path) has format version \(got), this program reads up to \(supported); update AutoPrune"
    case .otherRegistry(let path, let got, let expected):
      "preset \(path) was fitted to feature registry \(got), this program has \(expected); fit it anew"
    case .unknownKind(let path, let kind):
      "preset \(path) is of the unknown kind '\(kind)', expected one of \(PredictorKind.allCases.map(\.rawValue).joined(separator: ", "))"
    case .unknownFeature(let path, let name):
      "preset \(path) needs the feature '\(name)', which this program does not have; update AutoPrune or fit it anew"
    case .inconsistent(let path, let reason): "preset \(path) is damaged: \(reason)"
    case .unwritable(let path, let reason): "cannot write preset \(path): \(reason)"
    }
  }

  /// Whether reading or writing itself failed, rather than what was read.
  public var isInputOutput: Bool {
    switch self {
    case .unreadable, .unwritable: true
    default: false
    }
  }
}
