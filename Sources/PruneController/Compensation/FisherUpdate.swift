import PruneCore
import PruneSurgery

/// Makes up for connections about to go by the network's own gradients; see ``FisherSystem``.
struct FisherUpdate<E: Engine> {
  let session: PruningSession<E>
  let sample: CompensationSample
  let settings: CompensationSettings
  let objective: Objective

  /// Changes of the weights that `masks` keep, one per ridge.
  ///
  /// - Parameter gradients: of the network before the removal, from ``exampleGradients()``.
  func corrections(
    for masks: MaskSet, gradients: [String: [Float]]
  ) throws -> [[String: LayerCorrection]] {
    let layers = session.layers
    let weights = try session.engine.parameters(of: try session.program)
    guard let first = layers.first, let rows = gradients[first.parameter], first.count > 0,
      rows.count > first.count
    else { return [] }
    var system = FisherSystem(rows: rows.count / first.count)
    for layer in layers {
      guard let mask = masks[layer.parameter], let values = weights[layer.parameter]?.floats,
        let rows = gradients[layer.parameter]
      else { continue }
      system.add(gradients: rows, weights: values, kept: mask)
    }
    return settings.ridges.compactMap { ridge in
      guard let coefficients = system.coefficients(ridge: ridge) else { return nil }
      var result: [String: LayerCorrection] = [:]
      for layer in layers {
        guard let mask = masks[layer.parameter], let rows = gradients[layer.parameter] else {
          continue
        }
        result[layer.parameter] = FisherSystem.correction(
          of: rows, coefficients: coefficients, kept: mask)
      }
      return result
    }
  }

  /// One gradient per example, `[rows, connections]` by parameter; fewer rows the larger the network is.
  func exampleGradients() throws -> [String: [Float]] {
    let names = session.layers.map(\.parameter)
    let connections = session.layers.reduce(0) { $0 + $1.count }
    let rows = min(settings.fisherRows, settings.fisherNumbers / max(connections, 1))
    guard rows > 1 else { return [:] }
    let program = try session.program
    var result: [String: [Float]] = [:]
    for layer in session.layers {
      result[layer.parameter] = []
      result[layer.parameter]?.reserveCapacity(rows * layer.count)
    }
    var left = rows
    for batch in sample.fitting where left > 0 {
      for position in 0..<min(left, batch.count) {
        let gradients = try session.engine.gradients(
          of: program, on: batch.example(position), objective: objective, for: names
        ).gradients
        for name in names { result[name]? += gradients[name]?.floats ?? [] }
        left -= 1
      }
    }
    return result
  }
}

extension Batch {
  /// A batch of one of the examples.
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
