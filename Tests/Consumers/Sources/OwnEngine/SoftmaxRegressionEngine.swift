import AutoPrune

/// Runs `Gemm` with transposed weights and a bias, and nothing else.
final class SoftmaxRegressionEngine: Engine {
  /// `y = W x + b`, with `W` of `[outputs, inputs]`.
  final class Program {
    let graph: Graph
    let weightName: String
    let biasName: String
    var weight: [Float]
    var bias: [Float]
    var mask: [Bool]?
    var inputs: Int { weight.count / outputs }
    var outputs: Int { bias.count }

    init(_ graph: Graph) throws(EngineError) {
      let stored = graph.parameters()
      guard graph.nodes.count == 1, let node = graph.nodes.first, node.operation == "Gemm",
        node.int("transB") == 1, node.inputs.count == 3,
        let weight = stored[node.inputs[1]]?.floats, let bias = stored[node.inputs[2]]?.floats
      else {
        let other = graph.nodes.first { $0.operation != "Gemm" } ?? graph.nodes.first
        throw .unsupportedOperator(
          other?.operation ?? "", node: other?.label ?? graph.name, domain: "", opset: graph.opset)
      }
      self.graph = graph
      weightName = node.inputs[1]
      biasName = node.inputs[2]
      self.weight = weight
      self.bias = bias
    }

    func holdMask() {
      guard let mask else { return }
      for index in weight.indices where !mask[index] { weight[index] = 0 }
    }
  }

  var identity: EngineIdentity {
    EngineIdentity(name: "softmax regression", version: "1", threads: 1)
  }

  func prepare(_ graph: Graph) throws(EngineError) -> Program { try Program(graph) }

  func run(_ program: Program, on inputs: [HostTensor]) throws(EngineError) -> [HostTensor] {
    let examples = try rows(of: inputs, program)
    let logits = examples.flatMap { program.logits($0) }
    return [HostTensor(logits, shape: [examples.count, program.outputs])]
  }

  func shapes(of program: Program, on inputs: [HostTensor]) throws(EngineError) -> [String: [Int]] {
    let count = inputs.first?.shape.first ?? 0
    return [
      program.graph.dataInputs[0].name: [count, program.inputs],
      program.graph.outputs[0].name: [count, program.outputs],
      program.weightName: [program.outputs, program.inputs], program.biasName: [program.outputs],
    ]
  }

  func parameters(of program: Program) -> [String: HostTensor] {
    [
      program.weightName: HostTensor(program.weight, shape: [program.outputs, program.inputs]),
      program.biasName: HostTensor(program.bias, shape: [program.outputs]),
    ]
  }

  func setParameters(
    _ parameters: [String: HostTensor], of program: Program
  ) throws(EngineError) {
    for (name, tensor) in parameters {
      switch name {
      case program.weightName: program.weight = tensor.floats ?? program.weight
      case program.biasName: program.bias = tensor.floats ?? program.bias
      default: throw .unknownParameter(name)
      }
    }
  }

  func setMasks(_ masks: [String: [Bool]], of program: Program) {
    program.mask = masks[program.weightName]
    program.holdMask()
  }

  func gradients(
    of program: Program, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> (loss: Double, gradients: [String: HostTensor]) {
    let pass = try CrossEntropyPass(program, try rows(of: batch.inputs, program), batch, objective)
    let count = Float(max(1, batch.count))
    let all = [
      program.weightName: HostTensor(
        pass.weightGradientSum.map { $0 / count }, shape: [program.outputs, program.inputs]),
      program.biasName: HostTensor(
        pass.biasGradientSum.map { $0 / count }, shape: [program.outputs]),
    ]
    return (pass.lossSum / Double(count), all.filter { parameters.contains($0.key) })
  }

  func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: Program, on batch: Batch,
    objective: Objective, into statistics: inout [LayerStatistics]
  ) throws(EngineError) {
    let examples = try rows(of: batch.inputs, program)
    let single =
      try kinds.contains(.gradientMoments)
      ? exampleGradients(
        of: program, on: batch, objective: objective, for: [program.weightName])[
          program.weightName]?
        .floats : nil
    for index in layers.indices {
      statistics[index].examples += examples.count
      statistics[index].positions += examples.count
      if kinds.contains(.gradient) {
        let pass = try CrossEntropyPass(program, examples, batch, objective)
        statistics[index].gradientSum.add(pass.weightGradientSum)
      }
      for (position, example) in examples.enumerated() {
        if let single {
          let count = program.weight.count
          let gradient = single[position * count..<(position + 1) * count]
          statistics[index].gradientSquareSum.add(gradient.map { $0 * $0 })
          statistics[index].gradientAbsoluteSum.add(gradient.map(abs))
        }
        if kinds.contains(.inputs) {
          statistics[index].inputSum.add(example)
          statistics[index].inputSquareSum.add(example.map { $0 * $0 })
        }
        if kinds.contains(.inputGram) {
          statistics[index].inputGram.add(example.flatMap { left in example.map { left * $0 } })
        }
        guard kinds.contains(.outputs) else { continue }
        let logits = program.logits(example)
        statistics[index].outputSum.add(logits)
        statistics[index].outputSquareSum.add(logits.map { $0 * $0 })
        statistics[index].activationAbsoluteSum.add(logits.map(abs))
        statistics[index].activationZeroCount.add(logits.map { $0 == 0 ? 1 : 0 })
      }
    }
  }

  func accumulateResiduals(
    for layer: PrunableLayer, of program: Program, against reference: Program,
    on inputs: [HostTensor], into moments: inout ResidualMoments
  ) throws(EngineError) {
    for example in try rows(of: inputs, program) {
      let seen = moments.features.map { example[$0] }
      let residual = zip(reference.products(example), program.products(example)).map { $0 - $1 }
      moments.add(
        positions: 1, gram: seen.flatMap { left in seen.map { left * $0 } },
        cross: seen.flatMap { left in residual.map { left * $0 } }, featureSum: seen,
        residualSum: residual)
    }
  }

  /// Plain gradient descent, whatever optimizer is asked for.
  func train(_ program: Program, on batch: Batch, step: TrainingStep) throws(EngineError) -> Double
  {
    let (loss, gradients) = try gradients(
      of: program, on: batch, objective: step.objective,
      for: [program.weightName, program.biasName])
    for (index, slope) in (gradients[program.weightName]?.floats ?? []).enumerated() {
      program.weight[index] -= step.learningRate * slope
    }
    for (index, slope) in (gradients[program.biasName]?.floats ?? []).enumerated() {
      program.bias[index] -= step.learningRate * slope
    }
    program.holdMask()
    return loss
  }

  private func rows(of inputs: [HostTensor], _ program: Program) throws(EngineError) -> [[Float]] {
    guard inputs.count == 1, let values = inputs[0].floats,
      inputs[0].shape.dropFirst().reduce(1, *) == program.inputs
    else {
      throw .wrongInput(
        name: program.graph.dataInputs[0].name, got: "shape \(inputs.first?.shape ?? [])",
        expected: "[N, \(program.inputs)]")
    }
    return stride(from: 0, to: values.count, by: program.inputs).map {
      Array(values[$0..<$0 + program.inputs])
    }
  }
}
