import Foundation
import PruneData
public import PrunePredictor

/// The predictors that come with the program.
///
/// They lie beside the executable or in `../share/autoprune`, so that an installed program finds them wherever it is.
public enum ShippedPresets {
  /// Names of the presets found, sorted.
  public static func names() throws -> [String] {
    let folder = try folder()
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// - Throws: ``ShippedPresetError`` for an unknown name, ``PresetError`` for a damaged file, ``DataError`` where the presets are missing.
  public static func preset(named name: String) throws -> Preset {
    let known = try names()
    guard known.contains(name) else {
      throw ShippedPresetError.unknown(name: name, known: known)
    }
    return try Preset.read(contentsOf: try folder().appendingPathComponent("\(name).json"))
  }

  /// A shipped preset by name, or the file where the text is a path or ends in `.json`.
  public static func preset(namedOrAt text: String) throws -> Preset {
    text.contains("/") || text.hasSuffix(".json")
      ? try Preset.read(contentsOf: URL(fileURLWithPath: text)) : try preset(named: text)
  }

  private static func folder() throws -> URL {
    try ResourceLocator(bundle: "AutoPrune_Presets").url(of: "default.json")
      .deletingLastPathComponent()
  }
}

/// Why a shipped preset cannot be had.
public enum ShippedPresetError: Error, Hashable, CustomStringConvertible {
  /// Neither a shipped preset nor, without a `/` or `.json`, taken for a path; `known` are the shipped ones.
  case unknown(name: String, known: [String])

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "no preset is named '\(name)'; shipped are \(known.joined(separator: ", ")), and a path names a file of your own"
    }
  }
}
