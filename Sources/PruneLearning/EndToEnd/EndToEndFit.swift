import Foundation
import GSLNumerics
public import PruneCore
public import PrunePredictor

/// End-to-end fit of θ: minimises the loss of networks after pruning by θᵀf itself.
///
/// GSL's BFGS minimises the relaxed loss of all cells with the temperature lowered in stages. After every stage the tasks
/// are pruned by the hard selection, and the θ with the lowest loss then is returned: never a worse one than the start.
/// Default numbers are chosen by hand.
public struct EndToEndFit: Hashable, Sendable {
  /// Temperatures of the BFGS stages, in standard deviations of the scores.
  public var temperatures = [0.5, 0.25, 0.12]
  /// Largest number of BFGS iterations at each temperature.
  public var iterationsPerStage = 40
  /// Weight of `½ ‖θ − θ₀‖²`, θ₀ the prior.
  public var ridge = 1e-3
  /// Relative loss where the objective turns from linear to logarithmic.
  public var lossScale = 0.1
  /// Three BFGS stages, unless set otherwise.
  public init() {}

  /// Stage of the fit, for progress.
  public struct Stage: Hashable, Sendable, CustomStringConvertible {
    /// Name: `start` or the temperature.
    public var name: String
    /// Relaxed objective reached; `nil` for the start.
    public var relaxedValue: Double?
    /// Mean of `asinh(relative loss / lossScale)` over all cells after hard selection.
    public var hardValue: Double
    /// Number of BFGS iterations; 0 for the start.
    public var iterations: Int
    /// Wall seconds since the fit began.
    public var seconds: Double

    public var description: String {
      let hard = (10_000 * hardValue).rounded() / 10_000
      return "\(name): \(hard) after pruning, \(iterations) iterations, \(seconds.rounded()) s"
    }
  }

  /// Fitted predictor with the record of its fit.
  public struct Outcome<Predictor: TrainablePredictor> {
    /// Predictor with the best θ found; the start itself where none was better.
    public var predictor: Predictor
    /// ``Stage/hardValue`` of `predictor`.
    public var hardValue: Double
    /// Stages in order, the start first.
    public var stages: [Stage]
    /// Number of evaluations of one cell with gradient.
    public var gradientEvaluations: Int
    /// Wall seconds of all stages.
    public var seconds: Double
  }

  /// Fits θ to some tasks; the programs have the weights of their states again afterwards.
  ///
  /// - Parameters:
  ///   - predictor: predictor to start from.
  ///   - prior: predictor with θ₀, the centre of ``ridge``; the start where `nil`.
  ///   - tasks: tasks to fit to.
  ///   - engine: runs and differentiates the programs.
  ///   - progress: called after every stage.
  /// - Returns: best predictor found, with its record.
  /// - Throws: ``PredictorError``, `EngineError`, `NumericsError`.
  public func fit<E: Engine, Predictor: TrainablePredictor>(
    _ predictor: Predictor, towards prior: Predictor? = nil, on tasks: [PruningTask<E.Program>],
    engine: E,
    progress: (Stage) -> Void = { _ in }
  ) throws -> Outcome<Predictor> {
    let objective = EndToEndObjective(
      tasks, predictor: predictor, engine: engine, lossScale: lossScale)
    guard !objective.cells.isEmpty else { throw PredictorError.noData("pruning task") }
    try validate()
    var search = EndToEndSearch(
      options: self, objective: objective, start: predictor.parameters,
      prior: prior?.parameters ?? predictor.parameters)
    do {
      try search.begin(progress)
      for temperature in temperatures {
        try search.descend(temperature: temperature, progress)
      }
    } catch {
      // The first error is the one to throw.
      try? objective.restore()
      throw error
    }
    try objective.restore()
    var result = predictor
    result.parameters = search.best.parameters
    return Outcome(
      predictor: result, hardValue: search.best.value, stages: search.stages,
      gradientEvaluations: search.gradientEvaluations, seconds: search.elapsedSeconds)
  }

  private func validate() throws(PredictorError) {
    if let temperature = temperatures.first(where: { !($0 > 0) }) {
      throw .outOfRange(what: "a temperature", got: "\(temperature)", expected: "> 0")
    }
    guard ridge >= 0, lossScale > 0 else {
      throw .outOfRange(
        what: "a fitting option",
        got: "ridge \(ridge), loss scale \(lossScale)", expected: "ridge >= 0, loss scale > 0")
    }
  }
}
