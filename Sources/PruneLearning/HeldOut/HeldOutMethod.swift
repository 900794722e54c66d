public import PruneController
public import PruneCore
public import PrunePredictor
import PruneSelection

/// Method of choosing masks, a column of the table of held-out networks. No method changes a weight.
public struct HeldOutMethod: Sendable {
  /// Procedure that chooses the masks.
  enum Procedure: Sendable {
    /// Selection by the pruning criterion, with or without adaptation of θ.
    case selection(IterativeSettings, AdaptationOptions?)
    /// Random weights, as many per layer as the start's masks keep.
    case shuffled
    /// Masks optimised directly by ``StraightThroughSearch`` from the start's masks.
    case optimized
  }

  /// Name, the head of the method's column and part of a cell's identity.
  public let name: String
  let criterion: PruningCriterion
  let procedure: Procedure
  /// Name of the method whose masks this one starts from; its own name where it starts from none.
  let start: String
  /// Settings of that method's selection.
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

  /// A predictor without adaptation, selecting in passes if it reads the state of a selection, with the prior as the
  /// alternative.
  public static func zeroShot(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name),
      procedure: .selection(IterativeSettings(), nil))
  }

  /// A predictor selecting in passes without an alternative.
  public static func withoutAlternative(
    _ predictor: any ImportancePredictor, name: String
  ) -> HeldOutMethod {
    var options = IterativeSettings()
    options.comparesWithPrior = false
    return HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name), procedure: .selection(options, nil))
  }

  /// A predictor selecting once, by features of the dense network.
  public static func oneShot(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name), procedure: .selection(.once, nil))
  }

  /// A predictor whose θ is adapted to every network, on its training part alone.
  public static func adapted(
    _ predictor: any ImportancePredictor, name: String,
    by options: AdaptationOptions = AdaptationOptions()
  ) -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: .predictor(predictor, name: name),
      procedure: .selection(IterativeSettings(), options))
  }

  /// The passes of an adaptation with θ fixed: the part of ``adapted(_:name:by:)`` that the passes alone contribute.
  public static func longer(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    var options = AdaptationOptions()
    options.learningRate = 0
    return adapted(predictor, name: name, by: options)
  }

  /// A hand-made criterion by its command-line name.
  public static func criterion(_ name: String) throws -> HeldOutMethod {
    HeldOutMethod(
      name: name, criterion: try .criterion(named: name), procedure: .selection(.once, nil))
  }

  /// Another method's masks, shuffled within each layer: the part of its score that the layers' densities alone contribute.
  public static func shuffled(_ start: HeldOutMethod, name: String) -> HeldOutMethod {
    HeldOutMethod(name: name, criterion: start.criterion, procedure: .shuffled, from: start)
  }

  /// Masks optimised directly from another method's masks: an upper bound for predictors of few parameters.
  public static func optimized(from start: HeldOutMethod, name: String) -> HeldOutMethod {
    HeldOutMethod(name: name, criterion: start.criterion, procedure: .optimized, from: start)
  }
}
