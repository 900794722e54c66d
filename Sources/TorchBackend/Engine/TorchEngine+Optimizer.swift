internal import CTorch
internal import PruneCore

extension TorchEngine {
  /// Optimizer step on all trainable parameters from the collected gradients, in one shim call.
  func update(_ program: TorchProgram, _ step: TrainingStep) throws(EngineError) {
    try allocateState(of: program, for: step.optimizer)
    program.optimizer.step += 1
    let options = step.shimOptimizer(number: program.optimizer.step)
    let names = program.trainable.map(\.name)
    let parameters = program.trainable.map(\.tensor)
    let first = names.compactMap { program.optimizer.first[$0] }
    let second = names.compactMap { program.optimizer.second[$0] }
    let masks = names.map { program.masks[$0].handle }
    try check("optimizer step") { message in
      parameters.withHandles { parameters in
        first.withHandles { first in
          second.withHandles { second in
            masks.withUnsafeBufferPointer { masks in
              ct_optimizer_step(
                options, parameters, first, second,
                ct_tensors(values: masks.baseAddress, count: masks.count), message)
            }
          }
        }
      }
    }
  }

  private func allocateState(
    of program: TorchProgram, for optimizer: TrainingStep.Optimizer
  ) throws(EngineError) {
    for parameter in program.trainable {
      if program.optimizer.first[parameter.name] == nil {
        program.optimizer.first[parameter.name] = try zeros(like: parameter.tensor)
      }
      if optimizer.isAdaptive, program.optimizer.second[parameter.name] == nil {
        program.optimizer.second[parameter.name] = try zeros(like: parameter.tensor)
      }
    }
  }

  private func zeros(like tensor: TorchTensor) throws(EngineError) -> TorchTensor {
    try shim("optimizer state", keeping: tensor) { ct_zeros_like(&$0, tensor.handle, $1) }
  }
}

extension TrainingStep.Optimizer {
  fileprivate var isAdaptive: Bool {
    if case .sgd = self { false } else { true }
  }
}

extension TrainingStep {
  fileprivate func shimOptimizer(number: Int) -> ct_optimizer {
    var options = ct_optimizer()
    options.learning_rate = Double(learningRate)
    options.weight_decay = Double(weightDecay)
    options.gradient_norm_limit = gradientNormLimit.map { Double($0) } ?? 0
    options.step = Int64(number)
    switch optimizer {
    case .sgd(let momentum, let nesterov):
      options.kind = nesterov ? CT_NESTEROV : CT_SGD
      options.first_decay = Double(momentum)
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      if case .adamW = optimizer { options.kind = CT_ADAM_W } else { options.kind = CT_ADAM }
      options.first_decay = Double(beta1)
      options.second_decay = Double(beta2)
      options.epsilon = Double(epsilon)
    }
    return options
  }
}
