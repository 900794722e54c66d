import Foundation
import PruneData
public import PrunePredictor

/// Presets that come with the program.
///
/// Their files are beside the executable or in `../share/autoprune`, so that an installed program finds them wherever it
/// is.
public enum ShippedPresets {
  /// Names of the presets found, sorted.
  public static func names() throws -> [String] {
    let folder = try folder()
    return try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  /// Reads a shipped preset by name.
  ///
  /// - Throws: ``ShippedPresetError`` for an unknown name, ``PresetError`` for a damaged file, ``DataError`` where the
  ///   presets are missing.
  public static func preset(named name: String) throws -> Preset {
    let known = try names()
    guard known.contains(name) else {
      throw ShippedPresetError.unknown(name: name, known: known)
    }
    return try Preset.read(contentsOf: try folder().appendingPathComponent("\(name).json"))
  }

  /// Reads a shipped preset by name, or a file where the text contains `/` or ends in `.json`.
  public static func preset(namedOrAt text: String) throws -> Preset {
    text.contains("/") || text.hasSuffix(".json")
      ? try Preset.read(contentsOf: URL(fileURLWithPath: text)) : try preset(named: text)
  }

  private static func folder() throws -> URL {
    try ResourceLocator(bundle: "AutoPrune_Presets").url(of: "default.json")
      .deletingLastPathComponent()
  }
}

/// Failed look-up of a shipped preset.
public enum ShippedPresetError: Error, Hashable, CustomStringConvertible {
  /// No shipped preset has this name, and without `/` or `.json` it is no path; `known` lists the shipped ones.
  case unknown(name: String, known: [String])

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "no preset is named '\(name)'; shipped are \(known.joined(separator: ", ")), and a path names a file of your own"
    }
  }
}
