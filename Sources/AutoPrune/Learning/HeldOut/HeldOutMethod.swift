public import PruneController
public import PrunePredictor

/// One way of choosing masks, a column of a table of held-out networks. No method changes a weight.
public struct HeldOutMethod: Sendable {
  enum Procedure: Sendable {
    case selection(IteratedSelectionOptions, RefinementOptions?)
    /// As many connections per layer as the selection keeps, but any.
    case shuffled
    /// Scores of single connections optimised on from the selection's masks.
    case optimized
  }

  /// Heads the method's column; cells are told apart by it.
  public let name: String
  let ranking: Ranking
  let procedure: Procedure

  init(name: String, ranking: Ranking, procedure: Procedure) {
    self.name = name
    self.ranking = ranking
    self.procedure = procedure
  }

  /// A predictor as it is, selecting in passes if it reads the state of a selection.
  public static func zeroShot(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    HeldOutMethod(
      name: name, ranking: .predictor(predictor, name: name),
      procedure: .selection(IteratedSelectionOptions(), nil))
  }

  /// A predictor ranking once, its features taken of the dense network.
  public static func oneShot(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    HeldOutMethod(
      name: name, ranking: .predictor(predictor, name: name), procedure: .selection(.once, nil))
  }

  /// A predictor whose θ is refined on every network, on its fit part alone.
  public static func refined(
    _ predictor: any ImportancePredictor, name: String,
    by options: RefinementOptions = RefinementOptions()
  ) -> HeldOutMethod {
    HeldOutMethod(
      name: name, ranking: .predictor(predictor, name: name),
      procedure: .selection(IteratedSelectionOptions(), options))
  }

  /// The passes of a refinement with θ held: what of ``refined(_:name:by:)`` is owed to the passes alone.
  public static func longer(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    var options = RefinementOptions()
    options.learningRate = 0
    return refined(predictor, name: name, by: options)
  }

  /// A hand-made criterion by its command-line name.
  public static func criterion(_ name: String) throws -> HeldOutMethod {
    HeldOutMethod(
      name: name, ranking: try .criterion(named: name), procedure: .selection(.once, nil))
  }

  /// The predictor's masks, shuffled within each layer: what its shares per layer alone are worth.
  public static func shuffled(_ predictor: any ImportancePredictor, name: String) -> HeldOutMethod {
    HeldOutMethod(
      name: name, ranking: .predictor(predictor, name: name), procedure: .shuffled)
  }

  /// Masks optimised directly, on from the predictor's: an upper bound for what scores of few numbers can reach.
  public static func optimized(
    from predictor: any ImportancePredictor, name: String
  ) -> HeldOutMethod {
    HeldOutMethod(
      name: name, ranking: .predictor(predictor, name: name), procedure: .optimized)
  }
}
