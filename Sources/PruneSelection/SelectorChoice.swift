package import PruneCore
package import PruneData
import PruneFeatures
import PrunePredictor
package import PruneSession

/// Choice of the ``MaskSelector`` for each situation; the only place that makes it.
///
/// | Weights or units | No training follows | While the network trains |
/// |---|---|---|
/// | single weights, a predictor that reads the state of a selection | ``IterativeSelector`` | ``GradualSelector`` by ``AdamMetricCriterion`` |
/// | single weights, another predictor | ``OneShotSelector`` | ``GradualSelector`` by ``AdamMetricCriterion`` |
/// | single weights, a hand-made criterion | ``OneShotSelector`` | ``GradualSelector`` by that criterion |
/// | whole units | ``StructuredSelector`` | ``GradualSelector`` with a ``StructuredSelector`` |
package final class SelectorChoice<E: Engine> {
  /// Pruning criterion that was asked for.
  package let criterion: PruningCriterion
  package let session: PruningSession<E>
  /// Training part; statistics and gradients are taken on samples of it.
  package let examples: ExampleSet
  /// Loss of the gradients.
  package let objective: Objective
  package let options: PruningOptions
  /// Selector of whole units, made once, so that one run compares costs by one model; `nil` for single weights.
  package let structured: StructuredSelector<E>?

  /// - Throws: ``SelectionError/nothingStructural(_:)`` where no unit can be cut out,
  ///   ``SelectionError/structuralOnly(_:)`` for a predictor of units where single weights are pruned.
  package init(
    _ criterion: PruningCriterion, session: PruningSession<E>, fit examples: ExampleSet,
    objective: Objective, options: PruningOptions
  ) throws {
    if case .predictor(let predictor, let name) = criterion, predictor.ranksUnits,
      !options.granularity.isStructural
    {
      throw SelectionError.structuralOnly(name)
    }
    self.criterion = criterion
    self.session = session
    self.examples = examples
    self.objective = objective
    self.options = options
    structured =
      options.granularity.isStructural
      ? try StructuredSelector(
        criterion, session: session, fit: examples, objective: objective, options: options) : nil
  }

  /// Selector for the current network where no training follows.
  ///
  /// - Parameters:
  ///   - passes: settings of a selection in passes, for predictors that read the state of a selection.
  ///   - adaptation: settings of the adaptation of θ with every selection; `nil` for none. Criteria have no θ.
  package func finalSelector(
    _ passes: IterativeSettings = IterativeSettings(), adapting adaptation: AdaptationOptions? = nil
  ) throws -> any MaskSelector {
    if let structured { return structured }
    if case .predictor(let predictor, let name) = criterion,
      predictor.readsState || adaptation != nil
    {
      var settings = predictor.readsState ? passes : .once
      settings.granularity = options.granularity
      return try IterativeSelector(
        by: predictor, named: name, session: session, examples: examples, objective: objective,
        options: options, settings: settings, adaptation: adaptation)
    }
    return try OneShotSelector(
      criterion, session: session, examples: examples, objective: objective, options: options)
  }

  /// Selector for gradual pruning, while the network trains.
  ///
  /// A predictor of single weights is fitted to networks that get no further training; in gradual pruning neither it
  /// nor any criterion of the weights alone came near ``AdamMetricCriterion``, which replaces it.
  package func gradualSelector() -> GradualSelector<E> {
    guard case .predictor = criterion, structured == nil else {
      return GradualSelector(by: criterion, isCostly: structured != nil) {
        try self.finalSelector()
      }
    }
    let metric = PruningCriterion.criterion(AdamMetricCriterion())
    return GradualSelector(by: metric, isCostly: false) { [self] in
      try OneShotSelector(
        metric, session: session, examples: examples, objective: objective, options: options)
    }
  }
}
