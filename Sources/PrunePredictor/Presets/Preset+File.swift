public import Foundation
import PruneFeatures
import PruneSupport

extension Preset {
  /// Size of the largest file that is read, in bytes.
  public static let sizeLimitBytes = 8 << 20

  /// Reads and checks a preset; nothing of it is used before everything has been checked.
  public static func read(contentsOf url: URL) throws(PresetError) -> Preset {
    let path = url.path
    let data: Data
    do {
      let handle = try FileHandle(forReadingFrom: url)
      defer { try? handle.close() }
      data = try handle.read(upToCount: sizeLimitBytes + 1) ?? Data()
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    return try read(data, path: path)
  }

  /// Reads a preset from memory.
  ///
  /// - Parameter path: path for messages.
  public static func read(_ data: Data, path: String) throws(PresetError) -> Preset {
    guard data.count <= sizeLimitBytes else {
      throw .tooLarge(path: path, bytes: data.count, limit: sizeLimitBytes)
    }
    guard data.first(where: { !$0.isWhitespace }) == UInt8(ascii: "{") else {
      throw .notAPreset(path: path, reason: "it does not hold a JSON object")
    }
    let preset: Preset
    do {
      preset = try JSONDecoder().decode(Preset.self, from: data)
    } catch let error as PresetError {
      throw error.located(at: path)
    } catch let error as DecodingError {
      throw .notAPreset(path: path, reason: error.reason)
    } catch {
      throw .notAPreset(path: path, reason: error.localizedDescription)
    }
    guard preset.registryVersion == FeatureRegistry.version else {
      throw .otherRegistry(
        path: path, got: preset.registryVersion, expected: FeatureRegistry.version)
    }
    if !preset.predictor.ranksUnits,
      let name = preset.predictor.featureNames.first(where: {
        FeatureRegistry.descriptor(named: $0) == nil
      })
    {
      throw .unknownFeature(path: path, name: name)
    }
    return preset
  }

  /// Contents of the file that ``write(to:)`` stores: keys sorted, so that equal presets are equal files.
  public func encoded() throws(PresetError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    do {
      return try encoder.encode(self) + [UInt8(ascii: "\n")]
    } catch {
      throw .unwritable(path: "", reason: "\(error)")
    }
  }

  /// Writes to a temporary name beside `url` and renames, so that an existing preset is never half-written.
  public func write(to url: URL) throws(PresetError) {
    let data: Data
    do { data = try encoded() } catch { throw error.located(at: url.path) }
    do { try AtomicFile.write(Array(data), to: url.path, isDurable: true) } catch {
      throw .unwritable(path: error.path, reason: error.reason)
    }
  }
}

extension PresetError {
  /// This error with the path of the file it is about.
  fileprivate func located(at path: String) -> PresetError {
    switch self {
    case .newerFormat(_, let got, let supported):
      .newerFormat(path: path, got: got, supported: supported)
    case .unknownKind(_, let kind): .unknownKind(path: path, kind: kind)
    case .inconsistent(_, let reason): .inconsistent(path: path, reason: reason)
    case .unwritable(_, let reason): .unwritable(path: path, reason: reason)
    default: self
    }
  }
}

extension DecodingError {
  /// Description of the error and its place, in one line.
  fileprivate var reason: String {
    func place(_ context: Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "" : " in '\(path)'"
    }
    switch self {
    case .keyNotFound(let key, let context):
      return "'\(key.stringValue)' is missing\(place(context))"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "expected \(type)\(place(context))"
    case .dataCorrupted(let context): return "\(context.debugDescription)\(place(context))"
    @unknown default: return "its contents are unexpected"
    }
  }
}

extension UInt8 {
  fileprivate var isWhitespace: Bool { self == 32 || (9...13).contains(self) }
}

/// Failed reading or writing of a preset.
public enum PresetError: Error, Hashable, CustomStringConvertible {
  /// The operating system refused to read it.
  case unreadable(path: String, reason: String)
  /// More bytes than any preset has; it is not parsed.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// Not JSON, or JSON of something else.
  case notAPreset(path: String, reason: String)
  /// Written by a later program; see ``Preset/formatVersion``.
  case newerFormat(path: String, got: Int, supported: Int)
  /// Fitted to another version of ``FeatureRegistry``, whose features mean something else.
  case otherRegistry(path: String, got: Int, expected: Int)
  /// A kind of predictor that ``PredictorKind`` does not list.
  case unknownKind(path: String, kind: String)
  /// It asks for a feature that ``FeatureRegistry`` does not hold.
  case unknownFeature(path: String, name: String)
  /// Its parts are inconsistent, such as the numbers of coefficients and terms.
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

  /// `true` where reading or writing itself failed, `false` where the contents are at fault.
  public var isInputOutput: Bool {
    switch self {
    case .unreadable, .unwritable: true
    default: false
    }
  }
}
