import Foundation
package import PruneCore
package import TestSupport

/// The reference engine, with a record of what it was asked.
package final class SpyEngine: Engine {
  private let engine = ReferenceEngine()
  /// First numbers of the inputs of every ``run(_:on:)``, in order.
  package private(set) var runs: [[Float]] = []
  /// First column of the inputs of every training step, in order.
  package private(set) var trained: [[Float]] = []
  package private(set) var rates: [Float] = []
  /// Waits so long before every gradient, as a loaded machine would.
  package var gradientDelayMicroseconds: UInt32 = 0

  package init() {}

  package var identity: EngineIdentity { engine.identity }

  package func prepare(_ graph: Graph) throws(EngineError) -> ReferenceProgram {
    try engine.prepare(graph)
  }

  package func run(
    _ program: ReferenceProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [HostTensor] {
    runs.append(Self.firstColumn(inputs))
    return try engine.run(program, on: inputs)
  }

  package func shapes(
    of program: ReferenceProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [String: [Int]] {
    try engine.shapes(of: program, on: inputs)
  }

  package func parameters(
    of program: ReferenceProgram
  ) throws(EngineError) -> [String: HostTensor] {
    try engine.parameters(of: program)
  }

  package func setParameters(
    _ parameters: [String: HostTensor], of program: ReferenceProgram
  ) throws(EngineError) {
    try engine.setParameters(parameters, of: program)
  }

  package func gradients(
    of program: ReferenceProgram, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> (loss: Double, gradients: [String: HostTensor]) {
    if gradientDelayMicroseconds > 0 { usleep(gradientDelayMicroseconds) }
    return try engine.gradients(of: program, on: batch, objective: objective, for: parameters)
  }

  package func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: ReferenceProgram,
    on batch: Batch, objective: Objective, into statistics: inout [LayerStatistics]
  ) throws(EngineError) {
    try engine.accumulate(
      kinds, for: layers, of: program, on: batch, objective: objective, into: &statistics)
  }

  package func accumulateResiduals(
    for layer: PrunableLayer, of program: ReferenceProgram, against reference: ReferenceProgram,
    on inputs: [HostTensor], into moments: inout ResidualMoments
  ) throws(EngineError) {
    try engine.accumulateResiduals(
      for: layer, of: program, against: reference, on: inputs, into: &moments)
  }

  package func setMasks(
    _ masks: [String: [Bool]], of program: ReferenceProgram
  ) throws(EngineError) {
    try engine.setMasks(masks, of: program)
  }

  package func train(
    _ program: ReferenceProgram, on batch: Batch, step: TrainingStep
  ) throws(EngineError) -> Double {
    trained.append(Self.firstColumn(batch.inputs))
    rates.append(step.learningRate)
    return try engine.train(program, on: batch, step: step)
  }

  package func optimizerState(
    of program: ReferenceProgram
  ) throws(EngineError) -> [String: HostTensor] {
    try engine.optimizerState(of: program)
  }

  package func setOptimizerState(
    _ state: [String: HostTensor], of program: ReferenceProgram
  ) throws(EngineError) {
    try engine.setOptimizerState(state, of: program)
  }

  package func reestimateNormalization(
    of program: ReferenceProgram, on batches: [[HostTensor]]
  ) throws(EngineError) {
    try engine.reestimateNormalization(of: program, on: batches)
  }

  private static func firstColumn(_ inputs: [HostTensor]) -> [Float] {
    guard let tensor = inputs.first, let values = tensor.floats, let rows = tensor.shape.first,
      rows > 0
    else { return [] }
    let width = values.count / rows
    return (0..<rows).map { values[$0 * width] }
  }
}
