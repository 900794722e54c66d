import Foundation
package import PruneCore
package import PruneFeatures
package import PruneLearning
package import PrunePredictor
package import PruneSupport

/// A small network trained by plain gradient descent to tell clusters apart; half of its inputs are noise.
///
/// Weights of noisy inputs are inflated, so that criterion by magnitude is misleading and a feature that measures the
/// input's use is not.
package struct ToyNetwork {
  package let program: ToyEngine.Program
  package let layers: [PrunableLayer]
  package let batch: Batch
  package let engine = ToyEngine()

  package init(
    seed: UInt64, inputs: Int = 12, hidden: Int = 10, classes: Int = 4, examples: Int = 120
  )
    throws
  {
    var generator = SeededGenerator(seed: seed)
    func normal() -> Double {
      let (u, v) = (1 - generator.uniform(), generator.uniform())
      return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
    let centres = (0..<classes).map { _ in (0..<inputs / 2).map { _ in normal() * 2 } }
    let labels = (0..<examples).map { $0 % classes }
    let values = labels.flatMap { label in
      (0..<inputs).map { Float($0 < inputs / 2 ? centres[label][$0] + normal() : 0.05 * normal()) }
    }
    batch = Batch(
      inputs: [HostTensor(values, shape: [examples, inputs])], targets: .labels(labels))
    program = ToyEngine.Program([
      "w1": HostTensor(
        (0..<hidden * inputs).map {
          Float(normal() * ($0 % inputs < inputs / 2 ? 0.3 : 1.5))
        }, shape: [hidden, inputs]),
      "w2": HostTensor(
        (0..<classes * hidden).map { _ in Float(normal() * 0.3) }, shape: [classes, hidden]),
    ])
    layers = [("w1", hidden, inputs), ("w2", classes, hidden)].enumerated().map { index, shape in
      PrunableLayer(
        name: shape.0, kind: .linear, parameter: shape.0, shape: [shape.1, shape.2],
        layout: WeightLayout(outputs: shape.1, inputs: shape.2), nodes: [index])
    }
    for _ in 0..<80 {
      let step = try engine.gradients(
        of: program, on: batch, objective: .crossEntropy(labelSmoothing: 0), for: ["w1", "w2"])
      for (name, gradient) in step.gradients {
        guard let weights = program.parameters[name], let old = weights.floats,
          let slope = gradient.floats
        else { continue }
        program.parameters[name] = HostTensor(
          zip(old, slope).map { $0 - 0.3 * $1 }, shape: weights.shape)
      }
    }
  }

  package func state(masks: [Mask?] = []) -> NetworkState {
    NetworkState(
      layers: layers, weights: layers.map { program.parameters[$0.parameter]?.floats ?? [] },
      masks: masks)
  }

  /// ln |w|, whether the input is used, and the depth: a table made by hand.
  package func table(of state: NetworkState) -> FeatureTable {
    FeatureTable(
      names: ["log-magnitude", "column-score", "depth"],
      layers: state.layers.enumerated().map { index, layer in
        let width = layer.layout.inputs
        return LayerFeatures(
          layer: layer,
          columns: [
            state.weights[index].map { Float(log(Double($0.magnitude) + 1e-4)) },
            (0..<layer.count).map { index == 0 && $0 % width >= width / 2 ? -1 : 1 },
            [Float](repeating: Float(index), count: layer.count),
          ])
      })
  }

  package func task(
    densities: [Double] = [0.5, 0.25], masks: [Mask?] = [], denseLoss: Double? = nil
  ) throws -> PruningTask<ToyEngine.Program> {
    let state = state(masks: masks)
    return try PruningTask(
      name: "toy", group: "toy", program: program, state: state, table: table(of: state),
      batches: [batch], objective: .crossEntropy(labelSmoothing: 0), densities: densities,
      denseLoss: denseLoss, engine: engine)
  }

  package static let basis = FeatureBasis.products(
    of: ["log-magnitude", "column-score", "depth"], withContext: ["depth"])
}
