public import PruneController
public import PruneCore
public import PrunePredictor
import PruneSelection

/// One way of choosing masks, a column of a table of held-out networks. No method changes a weight.
public struct HeldOutMethod: Sendable {
  enum Procedure: Sendable {
    case selection(IterativeSettings, AdaptationOptions?)
    /// As many connections per layer as the start keeps, but any.
    case shuffled
    /// Scores of single connections optimised on from the start's masks.
    case optimized
  }

  /// Heads the method's column; cells are told apart by it.
  public let name: String
  let criterion: PruningCriterion
  let procedure: Procedure
  /// The method in passes whose masks this one starts from; its own name where it starts from none.
  let start: String
  /// How that one selects.
  let startSelection: IterativeSettings

  init(
    name: String, criterion: PruningCriterion, procedure: Procedure,
    from start: HeldOutMethod? = nil
  ) {
    self.name = name
    self.criterion = criterion
    self.procedure = procedure
    self.start = start?.name ?? name
    if case .selection(let options, nil) = (start?.procedure ?? procedure) {
      startSelection = options
    } else {
      startSelection = IterativeSettings()
    }
  }

  /// A predictor as it is, selecting in passes if it reads the state of a selection, with the prior as its rival.
  public static func zeroShot(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name),
      procedure: .selection(IterativeSettings(), nil))
  }

  /// A predictor selecting in passes without a rival.
  public static func unrivalled(
    _ predictor: any ImportancePredictor, name: String
  ) -> HeldOutMethod {
    var options = IterativeSettings()
    options.comparesWithPrior = false
    return HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name), procedure: .selection(options, nil))
  }

  /// A predictor criterion once, its features taken of the dense network.
  public static func oneShot(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name), procedure: .selection(.once, nil))
  }

  /// A predictor whose θ is refined on every network, on its fit part alone.
  public static func refined(
    _ predictor: any ImportancePredictor, name: String,
    by options: AdaptationOptions = AdaptationOptions()
  ) -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name),
      procedure: .selection(IterativeSettings(), options))
  }

  /// The passes of a adaptation with θ held: what of ``refined(_:name:by:)`` is owed to the passes alone.
  public static func longer(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    var options = AdaptationOptions()
    options.learningRate = 0
    return refined(predictor, name: name, by: options)
  }

  /// A hand-made criterion by its command-line name.
  public static func criterion(_ name: String) throws -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: try .criterion(named: name), procedure: .selection(.once, nil))
  }

  /// Another method's masks, shuffled within each layer: what its shares per layer alone are worth.
  public static func shuffled(_ start: HeldOutMethod, name: String) -> HeldOutMethod {
    HeldOutMethod(name: name, criterion: start.criterion, procedure: .shuffled, from: start)
  }

  /// Masks optimised directly, on from another method's: an upper bound for what scores of few numbers can reach.
  public static func optimized(from start: HeldOutMethod, name: String) -> HeldOutMethod {
    HeldOutMethod(name: name, criterion: start.criterion, procedure: .optimized, from: start)
  }
}
