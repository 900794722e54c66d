internal import CTorch
public import PruneCore

extension TorchEngine {
  /// Adds moments of the layer's inputs and output residuals; both programs run no further than the
  /// layer, and convolutions are unfolded in chunks of examples.
  public func accumulateResiduals(
    for layer: PrunableLayer, of program: TorchProgram, against reference: TorchProgram,
    on inputs: [HostTensor], into moments: inout ResidualMoments
  ) throws(EngineError) {
    precondition(
      moments.blocks == layer.blocks, "the moments were made for another layer than '\(layer.name)'"
    )
    let batch = Batch(inputs: inputs)
    let own = try LayerRun(self, program, layer)
    let other = try LayerRun(self, reference, layer)
    let accumulator = try ResidualAccumulator(layer: layer, real: precision.real, moments: moments)
    try recording(false) { () throws(EngineError) in
      let pieces = try self.pieces(of: batch, for: program)
      let references = try self.pieces(of: batch, for: reference)
      guard pieces.count == references.count else {
        throw .failed(
          operation: "statistics", node: layer.name,
          message: "the network and its reference run their examples in different pieces")
      }
      for (piece, counterpart) in zip(pieces, references) {
        let weight =
          Double(batch.count) * piece.weight / Double(max(piece.batch.count, 1))
        let seen = try own.observe(piece)
        let wanted = try other.observe(counterpart)
        for index in own.operands.indices {
          try accumulator.add(
            seen[index], against: wanted[index], operand: own.operands[index], weight: weight,
            to: &moments)
        }
      }
    }
  }
}

/// Runs a program up to one layer.
private struct LayerRun {
  private let engine: TorchEngine
  private let program: TorchProgram
  let operands: [LayerOperand]
  private let weight: TorchTensor

  init(
    _ engine: TorchEngine, _ program: TorchProgram, _ layer: PrunableLayer
  ) throws(EngineError) {
    self.engine = engine
    self.program = program
    operands = try LayerOperandFinder(program).operands(of: layer)
    weight = try program.trainableParameter(named: layer.parameter).tensor
  }

  /// Tensors around each use of the layer's weight in one piece of a batch.
  func observe(_ piece: TorchEngine.Piece) throws(EngineError) -> [LayerObservation] {
    let wanted = Set(operands.flatMap { [$0.input, $0.output, $0.bias ?? $0.input] })
    let last = piece.steps.lastIndex { $0.outputs.contains { $0.map(wanted.contains) ?? false } }
    let steps = Array(piece.steps[...(last ?? piece.steps.startIndex - 1)])
    let values = try engine.forward(
      program, steps, try engine.load(piece.batch.inputs, for: program),
      TorchEngine.Pass(context: engine.evaluationContext, retained: wanted))
    var result: [LayerObservation] = []
    for operand in operands {
      guard let input = values[operand.input], let output = values[operand.output] else {
        throw .failed(
          operation: "statistics", node: program.slots.names[operand.output],
          message: "the layer was not reached")
      }
      result.append(
        LayerObservation(
          input: input, output: output, bias: operand.bias.flatMap { values[$0] }, weight: weight))
    }
    return result
  }
}

/// Tensors around one use of a layer's weight: input, output, bias of a convolution, weight.
struct LayerObservation {
  let input: TorchTensor
  let output: TorchTensor
  let bias: TorchTensor?
  let weight: TorchTensor
}
