public import Foundation
import Presets
public import PruneController
import PruneCore
import PruneFeatures
import PrunePredictor

extension Ranking {
  /// A shipped predictor by name, such as `default`; ``ShippedPresets/names()`` lists them.
  public static func preset(_ name: String) throws -> Ranking {
    .predictor(try ShippedPresets.preset(named: name).predictor, name: name)
  }

  /// A predictor of your own, as `autoprune fit` writes it.
  public static func preset(contentsOf url: URL) throws -> Ranking {
    .predictor(
      try Preset.read(contentsOf: url).predictor,
      name: url.deletingPathExtension().lastPathComponent)
  }

  /// A hand-made criterion by its command-line name, such as `lamp`.
  public static func criterion(named name: String) throws -> Ranking {
    if let criterion = UnitCriterion(rawValue: name) { return .units(criterion) }
    return .criterion(try SaliencyCriteria.named(name))
  }

  /// The shipped preset of a granularity in place of the shipped `default`; everything else stays.
  ///
  /// - Throws: `ControllerError.connectionsOnly` for another predictor of connections where whole units are cut out.
  func suited(to granularity: Granularity) throws -> Ranking {
    guard case .predictor(let predictor, let name) = self, !predictor.ranksUnits,
      let preset = granularity.presetName
    else { return self }
    let isDefault =
      try predictor as? LogisticPredictor
      == ShippedPresets.preset(named: "default").predictor as? LogisticPredictor
    if isDefault { return try .preset(preset) }
    if granularity.isStructural { throw ControllerError.connectionsOnly(name) }
    return self
  }
}

extension Granularity {
  /// `nil` for single connections, whose preset is `default`.
  fileprivate var presetName: String? {
    switch self {
    case .element: nil
    case .nm: "nm"
    case .block: "block"
    case .kernel, .channel, .head, .layer, .auto: description
    }
  }
}
