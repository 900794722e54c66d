public import PruneCore

/// The ``Engine`` protocol in plain Swift for tiny perceptrons: slow, simple, and what the others
/// are checked against.
public final class ReferenceEngine: Engine {
  public init() {}

  public var identity: EngineIdentity {
    EngineIdentity(name: "reference", version: "1", threads: 1)
  }

  public func prepare(_ graph: Graph) throws(EngineError) -> ReferenceProgram {
    for node in graph.nodes where !ReferenceOperator.supported.contains(node.operation) {
      throw .unsupportedOperator(
        node.operation, node: node.label, domain: node.domain, opset: graph.opset)
    }
    return ReferenceProgram(graph: graph)
  }

  public func run(
    _ program: ReferenceProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [HostTensor] {
    let values = try values(of: program, on: inputs)
    return program.graph.outputs.compactMap { values[$0.name] }
  }

  public func shapes(
    of program: ReferenceProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [String: [Int]] {
    try values(of: program, on: inputs).mapValues(\.shape)
  }

  public func parameters(
    of program: ReferenceProgram
  ) throws(EngineError) -> [String: HostTensor] {
    program.parameters.filter { $0.value.elementType == .float32 }
  }

  public func setParameters(
    _ parameters: [String: HostTensor], of program: ReferenceProgram
  ) throws(EngineError) {
    for (name, tensor) in parameters {
      guard let known = program.parameters[name] else { throw .unknownParameter(name) }
      guard known.shape == tensor.shape else {
        throw .wrongInput(name: name, got: "shape \(tensor.shape)", expected: "\(known.shape)")
      }
      program.parameters[name] = tensor
    }
  }

  public func gradients(
    of program: ReferenceProgram, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> (loss: Double, gradients: [String: HostTensor]) {
    let pass = try differentiate(program, on: batch, objective: objective)
    var gradients: [String: HostTensor] = [:]
    for name in parameters {
      guard let tensor = program.parameters[name] else { throw .unknownParameter(name) }
      let values = pass.gradients[name] ?? [Float](repeating: 0, count: tensor.count)
      gradients[name] = HostTensor(values, shape: tensor.shape)
    }
    return (pass.loss, gradients)
  }

  public func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: ReferenceProgram,
    on batch: Batch, objective: Objective, into statistics: inout [LayerStatistics]
  ) throws(EngineError) {
    var pass = ReferencePass(values: [:], gradients: [:], loss: 0)
    if kinds.isDisjoint(with: [.gradient, .gradientMoments]) {
      pass.values = try values(of: program, on: batch.inputs)
    } else {
      pass = try differentiate(program, on: batch, objective: objective)
    }
    for (index, layer) in layers.enumerated() {
      LayerObserver(layer: layer, graph: program.graph, examples: batch.count)
        .add(kinds, of: pass, to: &statistics[index])
    }
  }

  public func accumulateResiduals(
    for layer: PrunableLayer, of program: ReferenceProgram, against reference: ReferenceProgram,
    on inputs: [HostTensor], into moments: inout ResidualMoments
  ) throws(EngineError) {
    ResidualObserver(layer: layer).add(
      program, try values(of: program, on: inputs), against: reference,
      try values(of: reference, on: inputs), to: &moments)
  }

  public func setMasks(
    _ masks: [String: [Bool]], of program: ReferenceProgram
  ) throws(EngineError) {
    for (name, kept) in masks {
      guard let tensor = program.parameters[name] else { throw .unknownParameter(name) }
      guard kept.count == tensor.count else {
        throw .wrongInput(name: name, got: "\(kept.count) mask values", expected: "\(tensor.count)")
      }
    }
    program.masks = masks
    program.holdMasks()
  }

  public func train(
    _ program: ReferenceProgram, on batch: Batch, step: TrainingStep
  ) throws(EngineError) -> Double {
    let pass = try differentiate(program, on: batch, objective: step.objective)
    ReferenceOptimizer(step: step).update(program, gradients: pass.gradients)
    program.holdMasks()
    return pass.loss
  }

  public func optimizerState(
    of program: ReferenceProgram
  ) throws(EngineError) -> [String: HostTensor] {
    program.optimizerState
  }

  public func setOptimizerState(
    _ state: [String: HostTensor], of program: ReferenceProgram
  ) throws(EngineError) {
    program.optimizerState = state
  }

  /// No operator here keeps running statistics.
  public func reestimateNormalization(
    of program: ReferenceProgram, on batches: [[HostTensor]]
  ) throws(EngineError) {}
}
