internal import CTorch
public import PruneCore

extension TorchEngine {
  /// Weight of a training batch in running statistics: one minus ONNX's default momentum of 0.9.
  private static let statisticsWeight = 0.1

  public func train(
    _ program: TorchProgram, on batch: Batch, step: TrainingStep
  ) throws(EngineError) -> Double {
    let pass = Pass(
      context: trainingContext(statisticsWeight: Self.statisticsWeight), seed: step.seed)
    do {
      let loss = try differentiate(program, batch, objective: step.objective, pass: pass)
      try update(program, step)
      return loss
    } catch {
      try clearGradients(of: program)
      throw error
    }
  }

  public func gradients(
    of program: TorchProgram, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> (loss: Double, gradients: [String: HostTensor]) {
    var wanted: [TorchProgram.Parameter] = []
    for name in parameters { wanted.append(try program.trainableParameter(named: name)) }
    let names = Set(parameters)
    let others = program.trainable.filter { !names.contains($0.name) }
    do {
      try require(false, of: others)
      let loss = try differentiate(
        program, batch, objective: objective, pass: Pass(context: evaluationContext))
      var gradients: [String: HostTensor] = [:]
      for parameter in wanted { gradients[parameter.name] = try gradient(of: parameter) }
      try clearGradients(of: program)
      try require(true, of: others)
      return (loss, gradients)
    } catch {
      // The first failure is the one to tell.
      try? clearGradients(of: program)
      try? require(true, of: others)
      throw error
    }
  }

  public func reestimateNormalization(
    of program: TorchProgram, on batches: [[HostTensor]]
  ) throws(EngineError) {
    guard !program.runningStatistics.isEmpty else { return }
    try recording(false) { () throws(EngineError) in
      var seen = 0
      for inputs in batches {
        let count = inputs.first?.shape.first ?? 0
        for piece in try pieces(of: Batch(inputs: inputs), for: program) {
          seen += piece.batch.count
          let weight = Double(piece.batch.count) / Double(max(seen, 1))
          let loaded = try load(piece.batch.inputs, for: program)
          let context = trainingContext(statisticsWeight: count == 0 ? 0 : weight)
          _ = try forward(program, piece.steps, loaded, Pass(context: context))
        }
      }
    }
  }

  // MARK: Shared with statistics

  /// Part of a batch that runs in one pass.
  struct Piece {
    let steps: [Step]
    let batch: Batch
    /// Share of the whole batch's examples.
    let weight: Double
  }

  func pieces(
    of batch: Batch, for program: TorchProgram
  ) throws(EngineError) -> [Piece] {
    switch try execution(of: program, on: batch.inputs) {
    case .once(let steps): return [Piece(steps: steps, batch: batch, weight: 1)]
    case .pieces(let size):
      // A piece of one example repeated has that example's loss and gradient.
      return (0..<batch.count).map { position in
        Piece(
          steps: program.steps,
          batch: batch.examples([Int](repeating: position, count: size)),
          weight: 1 / Double(batch.count))
      }
    }
  }

  /// Forward and backward pass; gradients of the mean loss are collected in the parameters.
  /// - Returns: the mean loss.
  func differentiate(
    _ program: TorchProgram, _ batch: Batch, objective: Objective, pass: Pass
  ) throws(EngineError) -> Double {
    let loss = Loss(program: program, objective: objective, real: precision.real)
    var pass = pass
    pass.retained.formUnion(loss.slots)
    pass.overwrites = true
    var total = 0.0
    for piece in try pieces(of: batch, for: program) {
      let inputs = try load(piece.batch.inputs, for: program)
      total += try recording(true) { () throws(EngineError) in
        let values = try forward(program, piece.steps, inputs, pass)
        let value = try loss.value(values, batch: piece.batch)
        try backward(value, scale: piece.weight)
        return try item(value) * piece.weight
      }
    }
    return total
  }

  func backward(_ loss: TorchTensor, scale: Double) throws(EngineError) {
    let scaled =
      try scale == 1
      ? loss
      : shim("backward", keeping: loss) {
        ct_add_scaled(&$0, loss.handle, loss.handle, scale - 1, $1)
      }
    try check("backward", keeping: scaled) { ct_backward(scaled.handle, $0) }
  }

  func item(_ tensor: TorchTensor) throws(EngineError) -> Double {
    var value = 0.0
    try check("read", keeping: tensor) { ct_item(&value, tensor.handle, $0) }
    return value
  }

  /// Collected gradient of a parameter; zeros where none flowed back.
  func gradient(of parameter: TorchProgram.Parameter) throws(EngineError) -> HostTensor {
    guard let tensor = try gradientTensor(of: parameter.tensor) else {
      return try TorchTensor.zeros(parameter.shape, real: precision.real).host()
    }
    return try tensor.host()
  }

  func gradientTensor(of tensor: TorchTensor) throws(EngineError) -> TorchTensor? {
    var handle = ct_tensor()
    try check("gradient", keeping: tensor) { ct_gradient(&handle, tensor.handle, $0) }
    return handle.impl == nil ? nil : TorchTensor(adopting: handle)
  }

  func clearGradients(of program: TorchProgram) throws(EngineError) {
    let tensors = program.trainable.map(\.tensor)
    try check("gradient") { message in
      tensors.withHandles { ct_clear_gradients($0, message) }
    }
  }

  private func require(
    _ required: Bool, of parameters: [TorchProgram.Parameter]
  ) throws(EngineError) {
    for parameter in parameters {
      try check("gradient") { ct_set_requires_gradient(parameter.tensor.handle, required, $0) }
    }
  }
}
