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
      for position in 0..<min(left, batch.count) {
        let gradients = try session.engine.gradients(
          of: program, on: batch.example(position), objective: objective, for: names
        ).gradients
        for (layer, name) in names.enumerated() {
          guard let all = gradients[name]?.floats else { continue }
          for index in positions[layer] { values[layer].append(all[index]) }
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
  /// Positions of a layer's kept weights in stored order, ascending.
  func keptPositions(of layer: PrunableLayer) -> [Int] {
    let kept = masks[layer.parameter]?.kept
    return (0..<layer.count).filter { kept?[$0] ?? true }
  }
}

extension Batch {
  /// A batch of the one example at `position`.
  func example(_ position: Int) -> Batch {
    func row(_ tensor: HostTensor) -> HostTensor {
      guard let values = tensor.floats, let count = tensor.shape.first, count > 0 else {
        return tensor
      }
      let width = values.count / count
      return HostTensor(
        Array(values[position * width..<(position + 1) * width]),
        shape: [1] + tensor.shape.dropFirst())
    }
    let targets: Targets =
      switch targets {
      case .labels(let labels):
        .labels(
          Array(
            labels[
              position * labels.count / max(count, 1)..<(position + 1) * labels.count
                / max(count, 1)]))
      case .values(let tensor): .values(row(tensor))
      case .none: .none
      }
    return Batch(inputs: inputs.map(row), targets: targets, teacher: teacher?.map(row))
  }
}
