import PruneCore
import PruneData
import PruneSupport

/// Constants of a compensation, chosen by hand; ``bounded(macs:layers:)`` lowers them for large networks.
package struct CompensationSettings: Hashable, Sendable {
  /// Number of examples whose layer outputs are fitted.
  var fittingExamples = 8_000
  /// Number of examples of the held-out loss gate, disjoint from the fitted ones where there are enough.
  var gateExamples = 2_000
  /// Fewest sequences that fitting and the held-out loss gate take, where there are so many.
  var fewestSequences = 250
  /// Ridges λ that are tried, as shares of the mean squared input.
  var ridges = [1e-3, 1e-2, 1e-1]
  /// Step sizes that are tried, as shares of a correction.
  var steps: [Float] = [1, 0.5, 0.25]
  /// Density of the first stage, 0 … 1.
  var firstDensity = 0.5
  /// Density of a stage as a share of that of the stage before.
  var stageFactor = 0.85
  /// Number of gradients in the empirical Fisher matrix; fewer where ``fisherNumbers`` bounds them.
  var fisherRows = 512
  /// Memory for the gradients of the Fisher matrix, in numbers of 4 bytes: 256 MiB.
  var fisherNumbers = 1 << 26
  /// Most gradients of single examples in the curvature of a Newton step.
  var newtonRows = 4_000
  /// Memory for the Gram matrices that are held together while weights are scored, in numbers.
  var gramNumbers = 1 << 26
  /// Number of optimizer steps after a stage.
  var gradientSteps = 200
  /// Peak learning rates of those steps, tried in turn until one lowers the held-out loss.
  var learningRates: [Float] = [5e-3, 1e-3]
  /// Examples per engine call.
  var pieceSize = 500

  /// These settings with fewer examples and fewer tries where passes through the network take long: a layer is fitted in
  /// passes through those before it, so that the work grows with the MACs times the layers.
  ///
  /// - Parameters:
  ///   - macs: multiply–accumulates of the network per example.
  ///   - layers: number of fitted layers.
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
    if affordable(Self.judgingWork / Double(evaluations), gateExamples) < gateExamples {
      // One try on more examples says more than many tries on few.
      result.ridges = ridges.isEmpty ? [] : [ridges[ridges.count / 2]]
      result.steps = Array(steps.prefix(1))
      result.gateExamples = affordable(Self.judgingWork, gateExamples)
    }
    return result
  }

  /// Most multiply–accumulates of fitting all layers: some seconds on each of a few cores. Chosen by hand.
  private static var fittingWork: Double { 4e11 }
  /// Most multiply–accumulates of the held-out loss gate. Chosen by hand.
  private static var judgingWork: Double { 4e11 }
  /// Most multiply–accumulates of a Newton step's gradients, one example at a time. Chosen by hand.
  private static var newtonWork: Double { 1.1e9 }
  /// Most multiply–accumulates of the products of these gradients: about a second. Chosen by hand.
  private static var productWork: Double { 2e10 }
  /// Fewest examples for fitting and for the gate, however large the network is. Chosen by hand.
  private static var fewestForLargeNetworks: Int { 64 }

  /// `true` where a Newton step can solve for `weights` weights: the examples give a matrix of full rank, and its products stay
  /// within ``productWork``.
  func canSolve(weights: Int, examples: Int) -> Bool {
    let rows = Double(min(newtonRows, examples))
    let weights = Double(weights)
    return rows >= weights && rows * weights * weights <= Self.productWork
  }

  /// Densities of the stages from `current` to `target`, falling: those of a fixed grid between them, so that runs to
  /// different targets share their first stages, then `target` itself.
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

/// Examples of the training part that a compensation uses: some to fit layers to, others for the held-out loss gate.
struct CompensationSample {
  /// Batches that layers are fitted to.
  let fitting: [Batch]
  /// Number of examples in ``fitting``.
  let fittingCount: Int
  /// Batches of the held-out loss gate.
  let judging: [Batch]
  /// Indices of all examples outside ``judging``, ascending.
  let unjudged: [Int]

  /// - Parameter teacherOutputs: returns the dense network's outputs for some inputs; `nil` where the objective needs none.
  init(
    _ examples: ExampleSet, settings: CompensationSettings, seed: UInt64,
    teacherOutputs: ([HostTensor]) throws -> [HostTensor]?
  ) rethrows {
    var generator = SeededGenerator(seed: seed, stream: "compensation")
    let order = (0..<examples.count).shuffled(by: &generator)
    // A sequence with a label per position says as much as many examples.
    let positions = max(1, (examples.labels?.count ?? 0) / max(1, examples.count))
    func limit(_ count: Int) -> Int { max(min(count, settings.fewestSequences), count / positions) }
    // Of few examples, a fifth is for the gate.
    let held = max(1, min(limit(settings.gateExamples), examples.count / 5))
    let fitted = order.dropFirst(min(held, examples.count - 1))
      .prefix(limit(settings.fittingExamples))
    func pieces(_ indices: [Int]) throws -> [Batch] {
      try stride(from: 0, to: indices.count, by: settings.pieceSize).map { start in
        var batch = examples.batch(
          Array(indices[start..<min(indices.count, start + settings.pieceSize)]))
        batch.teacher = try teacherOutputs(batch.inputs)
        return batch
      }
    }
    fitting = try pieces(Array(fitted))
    fittingCount = fitted.count
    unjudged = order.count > held ? order[held...].sorted() : order
    judging = try pieces(Array(order.prefix(held)))
  }
}
