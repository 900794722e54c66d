package import PruneCore
package import PruneFeatures
import PrunePredictor

/// Runs a program with its prunable weights multiplied by a soft mask.
package struct MaskedRunner<E: Engine> {
  let engine: E
  let program: E.Program
  /// Network with the unmasked weights.
  let state: NetworkState
  let batches: [Batch]
  let objective: Objective
  let reestimatesNormalization: Bool

  /// - Parameters:
  ///   - state: network with the unmasked weights of `program`.
  ///   - batches: examples of every run.
  ///   - reestimatesNormalization: `true` replaces batch-norm statistics by those of the masked network on `batches` at
  ///     every run; ``restore()`` does not bring the old ones back.
  package init(
    engine: E, program: E.Program, state: NetworkState, batches: [Batch], objective: Objective,
    reestimatesNormalization: Bool = false
  ) {
    self.engine = engine
    self.program = program
    self.state = state
    self.batches = batches
    self.objective = objective
    self.reestimatesNormalization = reestimatesNormalization
  }

  /// Mean loss over the batches.
  ///
  /// - Parameter softMask: factors of the weights, `[layers][weights]`.
  package func loss(softMask: [[Float]]) throws -> Double {
    try load(softMask)
    var (sum, count) = (0.0, 0)
    for batch in batches where batch.count > 0 {
      let result = try engine.gradients(of: program, on: batch, objective: objective, for: [])
      sum += result.loss * Double(batch.count)
      count += batch.count
    }
    return sum / Double(max(count, 1))
  }

  /// Mean loss over the batches and its gradient with respect to the soft mask, `[layers][weights]`, by one engine call
  /// per batch.
  package func lossAndGradient(
    softMask: [[Float]]
  ) throws -> (loss: Double, gradients: [[Float]]) {
    try load(softMask)
    let names = state.layers.map(\.parameter)
    let total = batches.reduce(0) { $0 + $1.count }
    var loss = 0.0
    var gradients = state.layers.map { [Float](repeating: 0, count: $0.count) }
    for batch in batches where batch.count > 0 {
      let result = try engine.gradients(of: program, on: batch, objective: objective, for: names)
      let share = Double(batch.count) / Double(total)
      loss += result.loss * share
      for (layer, name) in names.enumerated() {
        guard let values = result.gradients[name]?.floats,
          values.count == gradients[layer].count
        else {
          throw PredictorError.brokenTask(
            task: name, reason: "the engine gave no gradient of this parameter")
        }
        let factor = Float(share)
        for index in values.indices { gradients[layer][index] += factor * values[index] }
      }
    }
    for layer in gradients.indices {
      for index in gradients[layer].indices {
        gradients[layer][index] *= state.weights[layer][index]
      }
    }
    return (loss, gradients)
  }

  /// Gives the program the unmasked weights back.
  package func restore() throws {
    try load(state.layers.map { [Float](repeating: 1, count: $0.count) })
  }

  /// Sets the weights to their products with the soft mask.
  private func load(_ softMask: [[Float]]) throws {
    var tensors: [String: HostTensor] = [:]
    for (index, layer) in state.layers.enumerated() {
      let values = zip(state.weights[index], softMask[index]).map { $0 * $1 }
      tensors[layer.parameter] = HostTensor(values, shape: layer.shape)
    }
    try engine.setParameters(tensors, of: program)
    if reestimatesNormalization {
      try engine.reestimateNormalization(of: program, on: batches.map(\.inputs))
    }
  }
}
