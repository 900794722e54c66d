import PruneCore
import TestSupport

/// The reference engine, which fails at its `calls`-th call: a run that is killed there.
final class InterruptedEngine: Engine {
  private let engine = ReferenceEngine()
  private var callsLeft: Int
  private(set) var calls = 0

  init(after calls: Int) { callsLeft = calls }

  static var interruption: EngineError {
    .failed(operation: "kill", node: "", message: "interrupted")
  }

  private func count() throws(EngineError) {
    calls += 1
    callsLeft -= 1
    if callsLeft < 0 { throw Self.interruption }
  }

  var identity: EngineIdentity { engine.identity }

  func prepare(_ graph: Graph) throws(EngineError) -> ReferenceProgram {
    try count()
    return try engine.prepare(graph)
  }

  func run(
    _ program: ReferenceProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [HostTensor] {
    try count()
    return try engine.run(program, on: inputs)
  }

  func shapes(
    of program: ReferenceProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [String: [Int]] {
    try engine.shapes(of: program, on: inputs)
  }

  func parameters(
    of program: ReferenceProgram
  ) throws(EngineError) -> [String: HostTensor] {
    try count()
    return try engine.parameters(of: program)
  }

  func setParameters(
    _ parameters: [String: HostTensor], of program: ReferenceProgram
  ) throws(EngineError) {
    try count()
    try engine.setParameters(parameters, of: program)
  }

  func gradients(
    of program: ReferenceProgram, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> (loss: Double, gradients: [String: HostTensor]) {
    try count()
    return try engine.gradients(of: program, on: batch, objective: objective, for: parameters)
  }

  func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: ReferenceProgram,
    on batch: Batch, objective: Objective, into statistics: inout [LayerStatistics]
  ) throws(EngineError) {
    try count()
    try engine.accumulate(
      kinds, for: layers, of: program, on: batch, objective: objective, into: &statistics)
  }

  func accumulateResiduals(
    for layer: PrunableLayer, of program: ReferenceProgram, against reference: ReferenceProgram,
    on inputs: [HostTensor], into moments: inout ResidualMoments
  ) throws(EngineError) {
    try count()
    try engine.accumulateResiduals(
      for: layer, of: program, against: reference, on: inputs, into: &moments)
  }

  func setMasks(
    _ masks: [String: [Bool]], of program: ReferenceProgram
  ) throws(EngineError) {
    try count()
    try engine.setMasks(masks, of: program)
  }

  func train(
    _ program: ReferenceProgram, on batch: Batch, step: TrainingStep
  ) throws(EngineError) -> Double {
    try count()
    return try engine.train(program, on: batch, step: step)
  }

  func optimizerState(
    of program: ReferenceProgram
  ) throws(EngineError) -> [String: HostTensor] {
    try engine.optimizerState(of: program)
  }

  func setOptimizerState(
    _ state: [String: HostTensor], of program: ReferenceProgram
  ) throws(EngineError) {
    try engine.setOptimizerState(state, of: program)
  }

  func reestimateNormalization(
    of program: ReferenceProgram, on batches: [[HostTensor]]
  ) throws(EngineError) {
    try count()
    try engine.reestimateNormalization(of: program, on: batches)
  }
}
