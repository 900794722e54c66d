import Foundation
import GSLNumerics
public import PruneCore
public import PrunePredictor

/// Fits θ to what it is for: the loss of networks after pruning by θᵀf itself.
///
/// GSL's BFGS minimises the relaxed loss of all cells with the temperature lowered in stages. After every stage the tasks
/// are really pruned, and the θ with the lowest loss after real pruning is returned: never a worse one than the start.
public struct EndToEndFit: Hashable, Sendable {
  /// In standard deviations of the scores, one BFGS stage each.
  public var temperatures = [0.5, 0.25, 0.12]
  /// Of BFGS, at most, at each temperature.
  public var iterationsPerStage = 40
  /// Weight of `½ ‖θ − θ₀‖²`, θ₀ the prior.
  public var ridge = 1e-3
  /// Relative loss where the objective turns from linear to logarithmic.
  public var lossScale = 0.1
  /// Three BFGS stages, unless set otherwise.
  public init() {}

  /// A stage of the fit, for progress.
  public struct Stage: Hashable, Sendable, CustomStringConvertible {
    /// `start` or the temperature.
    public var name: String
    /// The relaxed objective reached; `nil` where there is none.
    public var relaxedValue: Double?
    /// Mean of `asinh(relative loss / lossScale)` over all cells after real pruning.
    public var hardValue: Double
    /// Of BFGS; 0 for the start.
    public var iterations: Int
    /// Wall time since the fit began.
    public var seconds: Double

    public var description: String {
      let hard = (10_000 * hardValue).rounded() / 10_000
      return "\(name): \(hard) after pruning, \(iterations) iterations, \(seconds.rounded()) s"
    }
  }

  /// The fitted predictor with what it came from.
  public struct Outcome<Predictor: TrainablePredictor> {
    /// The start with the best θ found; the start itself where none was better.
    public var predictor: Predictor
    /// Of `predictor`, as ``Stage/hardValue``.
    public var hardValue: Double
    /// In the order in which they were gone through.
    public var stages: [Stage]
    /// Evaluations of one task at one density with gradient.
    public var gradientEvaluations: Int
    /// Wall time of all stages.
    public var seconds: Double
  }

  /// - Parameters:
  ///   - predictor: the start.
  ///   - prior: θ₀, which ``ridge`` pulls to; `nil` takes the start.
  ///   - progress: called after every stage.
  /// - Returns: the best predictor found; the programs have the weights of their states again.
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
      // The first failure is the one to tell.
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
