import Foundation
import PruneCore

/// One step of the optimizers of ``TrainingStep``, written as the papers do.
struct ReferenceOptimizer {
  let step: TrainingStep

  func update(_ program: ReferenceProgram, gradients: [String: [Float]]) {
    let names = program.trainableNames.filter { gradients[$0] != nil }
    let count = (program.optimizerState["step"]?.floats?.first ?? 0) + 1
    program.optimizerState["step"] = HostTensor([count], shape: [1])
    let scale = clippingScale(names.map { gradients[$0] ?? [] })
    for name in names {
      guard let tensor = program.parameters[name], var weights = tensor.floats,
        let gradient = gradients[name]
      else { continue }
      let scaled = gradient.map { $0 * scale }
      switch step.optimizer {
      case .sgd(let momentum, let nesterov):
        descend(
          &weights, scaled, momentum: momentum, nesterov: nesterov, name: name, program: program)
      case .adam(let beta1, let beta2, let epsilon):
        let decayed = weights.indices.map { scaled[$0] + step.weightDecay * weights[$0] }
        adapt(
          &weights, decayed, (beta1, beta2, epsilon), count: count, name: name, program: program)
      case .adamW(let beta1, let beta2, let epsilon):
        weights = weights.map { $0 * (1 - step.learningRate * step.weightDecay) }
        adapt(&weights, scaled, (beta1, beta2, epsilon), count: count, name: name, program: program)
      }
      program.parameters[name] = HostTensor(weights, shape: tensor.shape)
    }
  }

  private func clippingScale(_ gradients: [[Float]]) -> Float {
    guard let limit = step.gradientNormLimit else { return 1 }
    let norm = gradients.reduce(Float(0)) { $0 + $1.reduce(0) { $0 + $1 * $1 } }.squareRoot()
    return norm > limit ? limit / norm : 1
  }

  private func descend(
    _ weights: inout [Float], _ gradient: [Float], momentum: Float, nesterov: Bool, name: String,
    program: ReferenceProgram
  ) {
    let key = "momentum/\(name)"
    let before = program.optimizerState[key]?.floats
    var velocity = weights
    for index in weights.indices {
      let slope = gradient[index] + step.weightDecay * weights[index]
      velocity[index] = slope + (before.map { momentum * $0[index] } ?? 0)
      weights[index] -=
        step.learningRate * (nesterov ? slope + momentum * velocity[index] : velocity[index])
    }
    if momentum != 0 { program.optimizerState[key] = HostTensor(velocity, shape: [velocity.count]) }
  }

  private func adapt(
    _ weights: inout [Float], _ gradient: [Float],
    _ settings: (beta1: Float, beta2: Float, epsilon: Float), count: Float, name: String,
    program: ReferenceProgram
  ) {
    let zeros = [Float](repeating: 0, count: weights.count)
    var first = program.optimizerState["first/\(name)"]?.floats ?? zeros
    var second = program.optimizerState["second/\(name)"]?.floats ?? zeros
    let firstScale = 1 - pow(settings.beta1, count)
    let secondScale = 1 - pow(settings.beta2, count)
    for index in weights.indices {
      let slope = gradient[index]
      first[index] = settings.beta1 * first[index] + (1 - settings.beta1) * slope
      second[index] = settings.beta2 * second[index] + (1 - settings.beta2) * slope * slope
      let root = (second[index] / secondScale).squareRoot() + settings.epsilon
      weights[index] -= step.learningRate * first[index] / firstScale / root
    }
    program.optimizerState["first/\(name)"] = HostTensor(first, shape: [first.count])
    program.optimizerState["second/\(name)"] = HostTensor(second, shape: [second.count])
  }
}

extension ReferenceProgram {
  /// Zeroes what the masks remove, in the weights and in the optimizer's memory of them.
  func holdMasks() {
    for (name, kept) in masks {
      for key in [name, "momentum/\(name)", "first/\(name)", "second/\(name)"] {
        let stored = key == name ? parameters[key] : optimizerState[key]
        guard let stored, let values = stored.floats else { continue }
        let held = HostTensor(
          values.indices.map { kept[$0] ? values[$0] : 0 }, shape: stored.shape)
        if key == name { parameters[key] = held } else { optimizerState[key] = held }
      }
    }
  }
}
