import Dispatch
import LAPACKNumerics
public import PruneCore
import Synchronization

/// Ridge least squares of a layer's residual on its kept weights, each output unit on its own support:
/// `min ‖r − x Δ‖² + λ ‖Δ‖²` with `Δ = 0` where pruned.
///
/// Units with equal supports share one Cholesky factor, so that a network pruned by whole channels costs one per layer.
///
/// - Source: reconstruction of a layer's outputs as in Dong, Chen & Pan, *Learning to Prune Deep Neural Networks via
///   Layer-wise Optimal Brain Surgeon*, 2017, [arXiv:1705.07565](https://arxiv.org/abs/1705.07565), §3, with inputs from
///   the pruned network as in He, Zhang & Sun, *Channel Pruning for Accelerating Very Deep Neural Networks*, 2017,
///   [arXiv:1707.06168](https://arxiv.org/abs/1707.06168), §3.2.
/// - Complexity: O(Σ *k*³) over the distinct supports, of *k* weights each.
public struct LayerLeastSquares: Sendable {
  private let moments: ResidualMoments
  private let layer: PrunableLayer
  private let fitsBias: Bool
  private let systems: [System]

  /// Output units of one block that keep the same features.
  private struct System: Sendable {
    let block: Int
    /// Positions in ``ResidualMoments/features``.
    let support: [Int]
    var outputs: [Int]
  }

  /// - Parameters:
  ///   - moments: sums over inputs and residuals of `layer`.
  ///   - layer: layer whose weights are corrected.
  ///   - kept: mask of the weights that may change; all where `nil`.
  ///   - fitsBias: `true` to fit a bias too, which takes the means out of inputs and residuals.
  public init(_ moments: ResidualMoments, of layer: PrunableLayer, kept: Mask?, fitsBias: Bool) {
    self.moments = moments
    self.layer = layer
    self.fitsBias = fitsBias
    let blocks = moments.blocks
    var systems: [System] = []
    for block in 0..<blocks.count {
      var known: [[Int]: Int] = [:]
      for output in 0..<blocks.outputs {
        let support = moments.features.indices.filter { feature in
          kept?.kept[
            blocks.index(block: block, output: output, input: moments.features[feature])] ?? true
        }
        if support.isEmpty { continue }
        if let position = known[support] {
          systems[position].outputs.append(output)
        } else {
          known[support] = systems.count
          systems.append(System(block: block, support: support, outputs: [output]))
        }
      }
    }
    self.systems = systems
  }

  /// The least-squares correction; zero for systems that cannot be solved because sums are not finite.
  ///
  /// - Parameter ridge: λ as a share of the mean squared input, > 0.
  public func correction(ridge: Double) -> LayerCorrection {
    precondition(ridge > 0, "the ridge is \(ridge), expected > 0")
    var result = LayerCorrection(weights: [Float](repeating: 0, count: layer.count))
    guard moments.positions > 0 else { return result }
    let solutions = Mutex([[Double]?](repeating: nil, count: systems.count))
    let systems = systems
    DispatchQueue.concurrentPerform(iterations: systems.count) { index in
      let solution = solve(systems[index], ridge: ridge)
      solutions.withLock { $0[index] = solution }
    }
    let blocks = moments.blocks
    for (system, solution) in zip(systems, solutions.withLock { $0 }) {
      guard let solution else { continue }
      for (side, output) in system.outputs.enumerated() {
        for (position, feature) in system.support.enumerated() {
          let index = blocks.index(
            block: system.block, output: output, input: moments.features[feature])
          result.weights[index] = Float(solution[side * system.support.count + position])
        }
      }
    }
    if fitsBias { result.bias = bias(for: result.weights) }
    return result
  }

  private func solve(_ system: System, ridge: Double) -> [Double]? {
    let (width, size) = (moments.features.count, system.support.count)
    let (block, outputs) = (system.block, moments.blocks.outputs)
    let gram = block * width * width
    let shift = fitsBias ? 1 / moments.positions : 0
    func mean(_ feature: Int) -> Double { moments.featureSum[block * width + feature] }
    func centred(_ row: Int, _ column: Int) -> Double {
      moments.gram[gram + row * width + column] - shift * mean(row) * mean(column)
    }
    let trace = (0..<width).reduce(0) { $0 + centred($1, $1) }
    guard trace > 0, trace.isFinite else { return nil }
    var matrix = [Double](repeating: 0, count: size * size)
    for (row, left) in system.support.enumerated() {
      for (column, right) in system.support[...row].enumerated() {
        matrix[column * size + row] = centred(left, right)
      }
      matrix[row * size + row] += ridge * trace / Double(width)
    }
    var sides: [Double] = []
    sides.reserveCapacity(size * system.outputs.count)
    for output in system.outputs {
      let residual = moments.residualSum[block * outputs + output]
      for feature in system.support {
        sides.append(
          moments.cross[(block * width + feature) * outputs + output]
            - shift * mean(feature) * residual)
      }
    }
    return CholeskySolver(matrix, size: size)?.solve(sides)
  }

  /// Bias change per output: the mean residual after the correction of the weights, `[outputs]`.
  private func bias(for weights: [Float]) -> [Float] {
    let blocks = moments.blocks
    var result = [Float](repeating: 0, count: layer.layout.outputs)
    for block in 0..<blocks.count {
      for output in 0..<blocks.outputs {
        var mean = moments.residualSum[block * blocks.outputs + output]
        for (position, feature) in moments.features.enumerated() {
          let index = blocks.index(block: block, output: output, input: feature)
          mean -=
            Double(weights[index]) * moments.featureSum[block * moments.features.count + position]
        }
        mean /= moments.positions
        result[blocks.output(output, ofBlock: block)] += mean.isFinite ? Float(mean) : 0
      }
    }
    return result
  }
}

/// A layer's inputs, cut into parts that are fitted one after another, each to the residual of the parts before: bounds the
/// memory for moments and the work of solving wide layers.
public struct FeatureParts: Hashable, Sendable {
  /// Input positions of a block, ascending; those without a kept weight are left out.
  public let parts: [[Int]]

  /// - Parameter kept: mask of the layer's weights; all are kept where `nil`.
  public init(_ layer: PrunableLayer, kept: Mask?) {
    self.init(layer, kept: kept, widest: Self.widest, work: Self.workLimit)
  }

  init(_ layer: PrunableLayer, kept: Mask?, widest: Int, work limit: Double) {
    let blocks = layer.blocks
    let alive = (0..<blocks.inputs).filter { input in
      guard let kept = kept?.kept else { return true }
      return (0..<blocks.count).contains { block in
        (0..<blocks.outputs).contains {
          kept[blocks.index(block: block, output: $0, input: input)]
        }
      }
    }
    // Each of `outputs` systems takes k³ / 3 for a part's k weights: quadratic in the part's width.
    let keptWeights = Double(kept?.keptCount ?? layer.count)
    let outputs = Double(max(blocks.outputs * blocks.count, 1))
    let density = keptWeights / outputs / Double(max(alive.count, 1))
    let cubes = outputs * Double(alive.count) * density * density * density / 3
    let affordable = cubes > 0 ? (limit / cubes).squareRoot() : Double(widest)
    let width = max(1, min(widest, affordable < Double(widest) ? Int(affordable) : widest))
    parts = stride(from: 0, to: alive.count, by: width).map {
      Array(alive[$0..<min(alive.count, $0 + width)])
    }
  }

  /// Most inputs of a part: a Gram matrix of this width takes 32 MiB. Chosen by hand.
  private static var widest: Int { 2_048 }
  /// Most multiply–accumulates of all factorisations of a layer. Chosen by hand.
  private static var workLimit: Double { 2e11 }
}
