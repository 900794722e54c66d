public import Foundation
import Presets
public import PruneCore
public import PruneFeatures
import PrunePredictor
public import PruneSelection

/// The pruning criterion that a caller asks for: the shipped predictor that suits the granularity, or a stated one.
public enum CriterionChoice: Sendable {
  /// The shipped preset of the granularity: `default` for single weights, `nm`, `block`, `channel`, … for the others.
  case automatic
  /// A predictor or hand-made criterion, whatever the granularity.
  case fixed(PruningCriterion)

  /// A shipped predictor by name; ``ShippedPresets/names()`` lists them. `default` is ``automatic``.
  public static func preset(_ name: String) throws -> CriterionChoice {
    if name == Self.defaultName { return .automatic }
    return .fixed(try shipped(name))
  }

  /// A predictor of your own, as `autoprune fit` writes it.
  public static func preset(contentsOf url: URL) throws -> CriterionChoice {
    .fixed(
      .predictor(
        try Preset.read(contentsOf: url).predictor,
        name: url.deletingPathExtension().lastPathComponent))
  }

  /// A hand-made criterion by its command-line name, such as `lamp`.
  public static func criterion(named name: String) throws -> CriterionChoice {
    .fixed(try .criterion(named: name))
  }

  /// A hand-made criterion of whole units.
  public static func units(_ criterion: UnitCriterion) -> CriterionChoice {
    .fixed(.units(criterion))
  }

  /// The criterion for a granularity.
  ///
  /// - Throws: `SelectionError.weightsOnly` for a stated predictor of single weights where whole units are cut out.
  public func criterion(for granularity: Granularity) throws -> PruningCriterion {
    switch self {
    case .automatic: return try Self.shipped(granularity.presetName)
    case .fixed(let criterion):
      if case .predictor(let predictor, let name) = criterion, !predictor.ranksUnits,
        granularity.isStructural
      {
        throw SelectionError.weightsOnly(name)
      }
      return criterion
    }
  }

  /// Name in messages; that of the preset for single weights where the granularity decides.
  package var name: String {
    switch self {
    case .automatic: Self.defaultName
    case .fixed(let criterion): criterion.name
    }
  }

  private static func shipped(_ name: String) throws -> PruningCriterion {
    .predictor(try ShippedPresets.preset(named: name).predictor, name: name)
  }

  fileprivate static let defaultName = "default"
}

extension Granularity {
  /// Name of the shipped preset that is fitted to this granularity.
  fileprivate var presetName: String {
    switch self {
    case .element: CriterionChoice.defaultName
    case .nm: "nm"
    case .block: "block"
    case .kernel, .channel, .head, .layer, .auto: description
    }
  }
}
