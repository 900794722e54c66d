/// Constants of a compensation; of the network at hand only its size matters, by ``bounded(macs:layers:)``.
package struct CompensationSettings: Hashable, Sendable {
  /// Examples whose layer outputs are fitted.
  var fittingExamples = 8_000
  /// Examples that decide whether a correction stays, disjoint from the fitted ones where there are enough.
  var guardExamples = 2_000
  /// Fewest sequences that either takes, where there are so many.
  var fewestSequences = 250
  /// λ as a share of the mean squared input.
  var ridges = [1e-3, 1e-2, 1e-1]
  /// Shares of a correction that are tried.
  var steps: [Float] = [1, 0.5, 0.25]
  /// Density of the first stage.
  var firstDensity = 0.5
  /// Density of a stage as a share of that of the stage before.
  var stageFactor = 0.85
  /// Gradients in the empirical Fisher matrix, fewer where the network is large.
  var fisherRows = 512
  /// Numbers that the gradients of the Fisher matrix may take.
  var fisherNumbers = 1 << 26
  /// Most gradients of single examples that the curvature of a Newton step is taken from.
  var newtonRows = 4_000
  /// Numbers that the Gram matrices of some layers may take together, while connections are scored.
  var gramNumbers = 1 << 26
  /// Optimizer steps after a stage.
  var gradientSteps = 200
  /// Largest rates of those steps, tried in turn until one lowers the held-out loss.
  var learningRates: [Float] = [5e-3, 1e-3]
  /// Examples per engine call.
  var pieceSize = 500

  /// Fewer examples and fewer tries where passes through the network take long: a layer is fitted in passes through those
  /// before it, so that the work grows with the MACs times the layers.
  ///
  /// - Parameters:
  ///   - macs: multiply–accumulates of the network per example.
  ///   - layers: how many are fitted.
  func bounded(macs: Int, layers: Int) -> CompensationSettings {
    let pass = Double(max(macs, 1)) * Double(max(layers, 1))
    func affordable(_ work: Double, _ most: Int) -> Int {
      let count = work / pass
      return count < Double(most) ? min(most, max(Self.fewestForLargeNetworks, Int(count))) : most
    }
    var result = self
    result.fittingExamples = affordable(Self.fittingWork, fittingExamples)
    result.newtonRows = min(
      newtonRows, Int(Self.newtonWork / Double(max(macs, 1))))
    let evaluations = ridges.count * steps.count
    if affordable(Self.judgingWork / Double(evaluations), guardExamples) < guardExamples {
      // One try on more examples tells more than many on few.
      result.ridges = ridges.isEmpty ? [] : [ridges[ridges.count / 2]]
      result.steps = Array(steps.prefix(1))
      result.guardExamples = affordable(Self.judgingWork, guardExamples)
    }
    return result
  }

  /// Multiply–accumulates that fitting all layers may take: some seconds on each of a few cores.
  private static var fittingWork: Double { 4e11 }
  /// The same for judging what was fitted.
  private static var judgingWork: Double { 4e11 }
  /// Multiply–accumulates that the gradients of a Newton step may take, one example at a time.
  private static var newtonWork: Double { 1.1e9 }
  /// Multiply–accumulates that the products of these gradients may take.
  private static var productWork: Double { 2e10 }
  /// What either gets however large the network is.
  private static var fewestForLargeNetworks: Int { 64 }

  /// Whether so many weights can be solved for at once: with a matrix of full rank from so many examples, in a second or so.
  func canSolve(weights: Int, examples: Int) -> Bool {
    let rows = Double(min(newtonRows, examples))
    let weights = Double(weights)
    return rows >= weights && rows * weights * weights <= Self.productWork
  }

  /// Densities from `current` to `target`: those of a fixed grid between them, so that runs to different targets share
  /// their first stages, and the target.
  func stages(from current: Double, to target: Double) -> [Double] {
    guard target < current else { return [target] }
    var result: [Double] = []
    var density = firstDensity
    while density > target * (1 + 1e-9) {
      if density < current * (1 - 1e-9) { result.append(density) }
      density *= stageFactor
    }
    return result + [target]
  }
}
