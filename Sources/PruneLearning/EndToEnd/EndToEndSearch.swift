import GSLNumerics
import PruneCore

/// State of one ``EndToEndFit``: the current and the best θ, and the stages so far.
struct EndToEndSearch<E: Engine> {
  private let options: EndToEndFit
  private let objective: EndToEndObjective<E>
  private let cells: [EndToEndObjective<E>.Cell]
  private let prior: [Double]
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  private var current: [Double]

  private(set) var best: (parameters: [Double], value: Double)
  private(set) var stages: [EndToEndFit.Stage] = []
  private(set) var gradientEvaluations = 0

  init(
    options: EndToEndFit, objective: EndToEndObjective<E>, start: [Double], prior: [Double]
  ) {
    self.options = options
    self.objective = objective
    cells = objective.cells
    self.prior = prior
    current = start
    best = (start, .infinity)
    started = clock.now
  }

  var elapsedSeconds: Double { (clock.now - started) / .seconds(1) }

  /// Evaluates the start after hard selection.
  mutating func begin(_ progress: (EndToEndFit.Stage) -> Void) throws {
    try conclude("start", relaxedValue: nil, iterations: 0, progress)
  }

  /// Runs one BFGS stage: minimises the relaxed objective over all cells.
  mutating func descend(
    temperature: Double, _ progress: (EndToEndFit.Stage) -> Void
  ) throws {
    var minimizer = Minimizer()
    minimizer.maximumIterations = options.iterationsPerStage
    minimizer.initialStep = 0.02
    minimizer.gradientTolerance = 1e-4
    minimizer.valueTolerance = 1e-4
    let (objective, cells, prior, options) = (objective, cells, prior, options)
    var lowest: (parameters: [Double], value: Double)?
    var calls = 0
    let minimum = try minimizer.minimize(from: current) { point, gradient in
      var value = 0.0
      for index in point.indices {
        let offset = point[index] - prior[index]
        value += 0.5 * options.ridge * offset * offset
        gradient[index] = options.ridge * offset
      }
      for cell in cells {
        let part = try objective.value(of: cell, at: point, temperature: temperature)
        calls += 1
        value += part.value / Double(cells.count)
        for index in gradient.indices {
          gradient[index] += part.gradient[index] / Double(cells.count)
        }
      }
      if value < lowest?.value ?? .infinity { lowest = (point, value) }
      return value
    }
    gradientEvaluations += calls
    if let lowest { current = lowest.parameters }
    try conclude(
      "\(temperature)", relaxedValue: lowest?.value, iterations: minimum.iterations, progress)
  }

  /// Ends a stage: evaluates the current θ after hard selection, and returns to the best θ where that is better.
  private mutating func conclude(
    _ name: String, relaxedValue: Double?, iterations: Int,
    _ progress: (EndToEndFit.Stage) -> Void
  ) throws {
    let value = try objective.hardValue(at: current)
    if stages.isEmpty || value < best.value {
      best = (current, value)
    } else {
      current = best.parameters
    }
    let stage = EndToEndFit.Stage(
      name: name, relaxedValue: relaxedValue, hardValue: value, iterations: iterations,
      seconds: elapsedSeconds)
    stages.append(stage)
    progress(stage)
  }
}
