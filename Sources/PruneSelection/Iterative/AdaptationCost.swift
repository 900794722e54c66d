import PruneCore
import PruneData
import PruneSession

/// What the passes of a adaptation take, estimated from sizes alone: the same on every machine, whatever its load.
///
/// The rates are those of 2 cores of an ordinary machine, low enough for small convolutions, which run at a fraction of the
/// speed of large ones.
package struct AdaptationCost: Hashable, Sendable {
  /// Seconds of a forward run over one example.
  let secondsPerExample: Double
  /// Seconds of scoring and selecting all connections once.
  let secondsPerSelection: Double

  /// - Parameters:
  ///   - macs: of the dense network, per example.
  ///   - valueCount: elements of all values that its nodes give, per example.
  ///   - weightCount: of all prunable layers.
  ///   - featureCount: of the predictor.
  package init(macs: Int, valueCount: Int, weightCount: Int, featureCount: Int) {
    secondsPerExample =
      Double(macs) / Self.macsPerSecond + Double(valueCount) / Self.valuesPerSecond
    secondsPerSelection =
      Double(weightCount) * Double(featureCount) / Self.featuresPerSecond
  }

  /// Of a session's network, for examples like the first of `examples`.
  init<E: Engine>(_ session: PruningSession<E>, examples: ExampleSet, featureCount: Int) throws {
    let shapes = try session.exampleShapes(from: examples)
    let outputs = Set(session.graph.nodes.flatMap(\.outputs))
    self.init(
      macs: MACCounter(session.graph).macs(shapes: shapes).values.reduce(0, +),
      valueCount: outputs.reduce(0) { $0 + (shapes[$1]?.reduce(1, *) ?? 0) },
      weightCount: session.layers.reduce(0) { $0 + $1.count }, featureCount: featureCount)
  }

  /// Seconds of one pass and its part of a judgement.
  ///
  /// - Parameter gradientsPerPass: over ``AdaptationOptions/examplesPerPass`` examples each.
  func secondsPerPass(_ options: AdaptationOptions, gradientsPerPass: Int) -> Double {
    // A gradient takes a run forwards and two backwards.
    let learned = 3 * gradientsPerPass * options.examplesPerPass
    let judged = Double(options.heldOutExamples) / Double(max(1, options.judgingInterval))
    return secondsPerExample * (Double(learned) + judged) + secondsPerSelection
  }

  /// Passes that ``AdaptationOptions/computeBudgetSeconds`` is worth, at most ``AdaptationOptions/passes``.
  func affordablePasses(_ options: AdaptationOptions, gradientsPerPass: Int) -> Int {
    let affordable =
      options.computeBudgetSeconds / secondsPerPass(options, gradientsPerPass: gradientsPerPass)
    return affordable < Double(options.passes) ? Int(max(0, affordable)) : options.passes
  }

  private static var macsPerSecond: Double { 1.6e10 }
  private static var valuesPerSecond: Double { 8e8 }
  private static var featuresPerSecond: Double { 8e7 }
}
