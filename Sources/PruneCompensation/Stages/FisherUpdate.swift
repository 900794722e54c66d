import PruneCore
import PruneSession

/// Compensates for weights about to be pruned by the network's own gradients; see ``FisherSystem``.
struct FisherUpdate<E: Engine> {
  /// Gradients of one layer's weights that are kept before the pruning.
  struct Gradients {
    /// Positions of the weights in stored order, ascending.
    let positions: [Int]
    /// `[examples, weights]`, row-major.
    let rows: [Float]
  }

  let session: PruningSession<E>
  let sample: CompensationSample
  let settings: CompensationSettings
  let objective: Objective

  /// Corrections of the weights that `masks` keep, by parameter name: one set per ridge.
  ///
  /// - Parameter gradients: gradients of the network before the pruning, from ``exampleGradients()``.
  func corrections(
    for masks: MaskSet, gradients: [String: Gradients]
  ) throws -> [[String: LayerCorrection]] {
    let weights = try session.engine.parameters(of: try session.program)
    let parts = session.layers.compactMap { layer -> Part? in
      guard let mask = masks[layer.parameter], let values = weights[layer.parameter]?.floats,
        let gradients = gradients[layer.parameter], !gradients.positions.isEmpty
      else { return nil }
      return Part(
        layer: layer, gradients: gradients, weights: gradients.positions.map { values[$0] },
        kept: Mask(gradients.positions.map { mask.kept[$0] }))
    }
    guard let first = parts.first else { return [] }
    var system = FisherSystem(rows: first.gradients.rows.count / first.weights.count)
    for part in parts {
      system.add(gradients: part.gradients.rows, weights: part.weights, kept: part.kept)
    }
    return settings.ridges.compactMap { ridge in
      system.coefficients(ridge: ridge).map { coefficients in
        parts.reduce(into: [:]) { $0[$1.layer.parameter] = $1.correction(by: coefficients) }
      }
    }
  }

  private struct Part {
    let layer: PrunableLayer
    let gradients: Gradients
    let weights: [Float]
    let kept: Mask

    func correction(by coefficients: [Double]) -> LayerCorrection {
      let change = FisherSystem.correction(
        of: gradients.rows, coefficients: coefficients, kept: kept
      ).weights
      var result = [Float](repeating: 0, count: layer.count)
      for (index, value) in zip(gradients.positions, change) { result[index] = value }
      return LayerCorrection(weights: result)
    }
  }

  /// Gradients of single examples by parameter name, one row per example; fewer rows the larger the network is, and none
  /// where memory allows fewer than two.
  func exampleGradients() throws -> [String: Gradients] {
    let names = session.layers.map(\.parameter)
    let positions = session.layers.map(session.keptPositions)
    let count = positions.reduce(0) { $0 + $1.count }
    let rows = min(settings.fisherRows, settings.fisherNumbers / max(count, 1))
    guard rows > 1 else { return [:] }
    var values = positions.map { part in
      var values: [Float] = []
      values.reserveCapacity(rows * part.count)
      return values
    }
    let program = try session.program
    var left = rows
    for batch in sample.fitting where left > 0 {
      try session.forEachExampleGradient(
        of: program, on: batch, first: left, objective: objective, for: names
      ) { _, gradients in
        for (layer, name) in names.enumerated() {
          guard let all = gradients[name] else { continue }
          for index in positions[layer] { values[layer].append(all[all.startIndex + index]) }
        }
        left -= 1
      }
    }
    return Dictionary(
      zip(names, zip(positions, values).map { Gradients(positions: $0, rows: $1) }),
      uniquingKeysWith: { first, _ in first })
  }
}

extension PruningSession {
  /// Gives the gradients of single examples to `body`, some examples per engine call, as many as memory allows.
  ///
  /// - Parameters:
  ///   - limit: examples of the batch that are looked at, from its first.
  ///   - body: given an example's position and its gradients by parameter name, in stored order.
  func forEachExampleGradient(
    of program: E.Program, on batch: Batch, first limit: Int, objective: Objective,
    for names: [String], _ body: (Int, [String: ArraySlice<Float>]) throws -> Void
  ) throws {
    let numbers = layers.reduce(1) { $0 + $1.count }
    let step = max(1, mostGradientNumbers / numbers)
    let count = min(limit, batch.count)
    for start in stride(from: 0, to: count, by: step) {
      let positions = Array(start..<min(count, start + step))
      let gradients = try engine.exampleGradients(
        of: program, on: batch.examples(positions), objective: objective, for: names)
      for (row, position) in positions.enumerated() {
        try body(
          position,
          gradients.compactMapValues { tensor in
            guard let values = tensor.floats else { return nil }
            let width = values.count / positions.count
            return values[row * width..<(row + 1) * width]
          })
      }
    }
  }

  /// Numbers that the gradients of one engine call may hold, 64 MiB; chosen by hand.
  private var mostGradientNumbers: Int { 1 << 24 }

  /// Positions of a layer's kept weights in stored order, ascending.
  func keptPositions(of layer: PrunableLayer) -> [Int] {
    let kept = masks[layer.parameter]?.kept
    return (0..<layer.count).filter { kept?[$0] ?? true }
  }
}
