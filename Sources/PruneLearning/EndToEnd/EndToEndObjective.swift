import Foundation
package import PruneCore
import PruneFeatures
package import PrunePredictor
import PruneSelection

/// Loss of networks after pruning by θ, as a function of θ.
///
/// A *cell* is one task at one density. Its relative loss `r` enters as `asinh(r / scale)`: like `r` where pruning
/// costs little, like `log r` where it costs much, so that neither hopeless nor easy cells decide alone.
struct EndToEndObjective<E: Engine> {
  /// One task at one density.
  struct Cell: Hashable {
    var task: Int
    var density: Double
  }

  private let tasks: [PruningTask<E.Program>]
  private let runners: [MaskedRunner<E>]
  private let scorers: [any ParameterScorer]
  private let lossScale: Double

  package init(
    _ tasks: [PruningTask<E.Program>], predictor: some TrainablePredictor, engine: E,
    lossScale: Double
  ) {
    self.tasks = tasks
    self.lossScale = lossScale
    scorers = tasks.map { predictor.scorer(for: $0.table) }
    runners = tasks.map {
      MaskedRunner(
        engine: engine, program: $0.program, state: $0.state, batches: $0.batches,
        objective: $0.objective)
    }
  }

  /// All cells, task by task.
  var cells: [Cell] {
    tasks.indices.flatMap { task in
      tasks[task].densities.map { Cell(task: task, density: $0) }
    }
  }

  /// Transformed loss of one cell after relaxed selection and its gradient with respect to θ; one engine call per batch.
  func value(
    of cell: Cell, at parameters: [Double], temperature: Double
  ) throws -> (value: Double, gradient: [Double]) {
    let raw = scorers[cell.task].scores(parameters, targetDensity: cell.density)
    let state = tasks[cell.task].state
    let blend = tasks[cell.task].earlier.map {
      BlendedScores(raw, masks: state.masks, earlier: $0)
    }
    let scores = blend?.values ?? raw
    let kept = cell.density * Double(state.weightCount)
    let relaxed = RelaxedSelection(
      scores: scores, masks: state.masks, keptCount: kept, temperature: temperature)
    let (loss, maskGradients) = try runners[cell.task].lossAndGradient(
      softMask: relaxed.softMask)
    let (value, slope) = transformed(loss, task: cell.task)
    let scoreGradients = relaxed.scoreGradients(maskGradients)
    let gradient = scorers[cell.task].parameterGradient(
      blend?.scoreGradients(scoreGradients) ?? scoreGradients, targetDensity: cell.density)
    return (value, gradient.map { $0 * slope })
  }

  /// Mean transformed loss over all cells after hard selection.
  func hardValue(at parameters: [Double]) throws -> Double {
    var sum = 0.0
    let cells = cells
    for cell in cells {
      let state = tasks[cell.task].state
      let raw = scorers[cell.task].scores(parameters, targetDensity: cell.density)
      let blend = tasks[cell.task].earlier.map {
        BlendedScores(raw, masks: state.masks, earlier: $0)
      }
      let softMask = HardSelection.softMask(
        scores: blend?.values ?? raw, masks: state.masks,
        keptCount: Int((cell.density * Double(state.weightCount)).rounded()))
      sum += transformed(try runners[cell.task].loss(softMask: softMask), task: cell.task).value
    }
    return sum / Double(max(cells.count, 1))
  }

  /// Restores the weights of all programs.
  func restore() throws {
    for runner in runners { try runner.restore() }
  }

  /// Transformed loss and its slope by the loss.
  private func transformed(_ loss: Double, task: Int) -> (value: Double, slope: Double) {
    let ratio = tasks[task].relativeLoss(loss) / lossScale
    let slope = 1 / (1 + ratio * ratio).squareRoot() / lossScale / tasks[task].lossRange
    return (asinh(ratio), slope)
  }
}
