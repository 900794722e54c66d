public import Foundation
import Presets
public import PruneController
import PruneFeatures
import PrunePredictor

extension Ranking {
  /// A shipped predictor by name, such as `default`; ``ShippedPresets/names`` lists them.
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
}
