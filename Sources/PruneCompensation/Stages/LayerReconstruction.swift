import PruneCore
import PruneSession

/// Fits the layers of a pruned program, in graph order, to the dense program's outputs: a layer's inputs come from the
/// pruned network with the layers before it corrected, its target outputs from the dense network.
struct LayerReconstruction<E: Engine> {
  let session: PruningSession<E>
  let dense: E.Program
  let sample: CompensationSample
  let settings: CompensationSettings

  /// Corrects layer by layer; a correction is kept where it lowers the held-out loss.
  ///
  /// - Parameter judge: held-out loss gate, the current program's loss measured.
  func run(judge: HeldOutLossGate<E>, record: inout CompensationRecord) throws {
    for layer in session.layers {
      try Task.checkCancellation()
      let kept = session.masks[layer.parameter]
      let slot = BiasSlot(of: layer, in: session.graph)
      for part in FeatureParts(layer, kept: kept).parts {
        record.triedCorrections += 1
        if try correct(layer, part, kept: kept, slot: slot, judge: judge) {
          record.keptCorrections += 1
        }
      }
    }
  }

  /// Fits one part of a layer's inputs.
  ///
  /// - Returns: whether a correction was kept.
  private func correct(
    _ layer: PrunableLayer, _ features: [Int], kept: Mask?, slot: BiasSlot?,
    judge: HeldOutLossGate<E>
  ) throws -> Bool {
    let program = try session.program
    var moments = ResidualMoments(layer, features: features)
    for batch in sample.fitting {
      try session.engine.accumulateResiduals(
        for: layer, of: program, against: dense, on: batch.inputs, into: &moments)
    }
    let fit = LayerLeastSquares(moments, of: layer, kept: kept, fitsBias: slot != nil)
    let before = try session.engine.parameters(of: program).filter {
      $0.key == layer.parameter || $0.key == slot?.parameter
    }
    let candidates = settings.ridges.flatMap { ridge in
      let correction = fit.correction(ridge: ridge)
      return correction.isZero
        ? []
        : settings.steps.map {
          correction.scaled(by: $0).applied(to: layer, bias: slot, parameters: before)
        }
    }
    return try judge.takeBest(of: candidates, over: before)
  }
}
