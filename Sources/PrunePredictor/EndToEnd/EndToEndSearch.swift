import GSLNumerics
import PruneCore

/// The state of one ``EndToEndFit``.
struct EndToEndSearch<E: Engine> {
  private struct Expired: Error {}

  private let options: EndToEndFit
  private let objective: EndToEndObjective<E>
  private let cells: [EndToEndObjective<E>.Cell]
  private let prior: [Double]
  private let clock = ContinuousClock()
  private let started: ContinuousClock.Instant
  private var current: [Double]
  private var generator: SeededGenerator

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
    generator = SeededGenerator(seed: options.seed, stream: "end-to-end-fit")
    started = clock.now
  }

  var elapsedSeconds: Double { (clock.now - started) / .seconds(1) }
  var isExpired: Bool { options.budgetSeconds.map { elapsedSeconds >= $0 } ?? false }

  /// Judges the start.
  mutating func begin(_ progress: (EndToEndFit.Stage) -> Void) throws {
    try conclude("start", relaxedValue: nil, iterations: 0, progress)
  }

  /// Stochastic steps on cells drawn at random, densities between the task's lowest and highest.
  ///
  /// - Source: Bengio et al., *Estimating or propagating gradients through stochastic neurons*, 2013,
  ///   [arXiv:1308.3432](https://arxiv.org/abs/1308.3432) (straight-through).
  mutating func warm(_ progress: (EndToEndFit.Stage) -> Void) throws {
    var descent = AdamDescent(parameterCount: current.count)
    var average = [Double](repeating: 0, count: current.count)
    var (averaged, steps) = (0.0, 0)
    for step in 1...options.warmSteps {
      if isExpired { break }
      var gradient = zip(current, prior).map { options.ridge * ($0 - $1) }
      for _ in 0..<max(1, options.cellsPerWarmStep) {
        let result = try objective.value(
          of: drawCell(), at: current, .straightThrough(temperature: options.warmTemperature))
        gradientEvaluations += 1
        guard result.gradient.allSatisfy(\.isFinite) else { continue }
        let share = 1 / Double(max(1, options.cellsPerWarmStep))
        for index in gradient.indices { gradient[index] += share * result.gradient[index] }
      }
      let decay = 1 - 0.9 * Double(step) / Double(options.warmSteps)
      descent.step(
        &current, gradient: gradient, rate: options.warmLearningRate * decay)
      steps = step
      guard step * 4 > options.warmSteps * 3 else { continue }
      averaged += 1
      for index in average.indices {
        average[index] += (current[index] - average[index]) / averaged
      }
    }
    if averaged > 0 { current = average }
    try conclude("warm", relaxedValue: nil, iterations: steps, progress)
  }

  /// Minimises the relaxed objective over all cells.
  mutating func descend(
    temperature: Double, _ progress: (EndToEndFit.Stage) -> Void
  ) throws {
    var minimizer = Minimizer()
    minimizer.maximumIterations = options.iterationsPerStage
    minimizer.initialStep = 0.02
    minimizer.gradientTolerance = 1e-4
    minimizer.valueTolerance = 1e-4
    let (objective, cells, prior, options) = (objective, cells, prior, options)
    let deadline = options.budgetSeconds.map { started + .seconds($0) }
    let clock = clock
    var lowest: (parameters: [Double], value: Double)?
    var calls = 0
    var iterations = 0
    do {
      let minimum = try minimizer.minimize(from: current) { point, gradient in
        var value = 0.0
        for index in point.indices {
          let offset = point[index] - prior[index]
          value += 0.5 * options.ridge * offset * offset
          gradient[index] = options.ridge * offset
        }
        for cell in cells {
          if let deadline, clock.now >= deadline { throw Expired() }
          let part = try objective.value(of: cell, at: point, .relaxed(temperature: temperature))
          calls += 1
          value += part.value / Double(cells.count)
          for index in gradient.indices {
            gradient[index] += part.gradient[index] / Double(cells.count)
          }
        }
        if value < lowest?.value ?? .infinity { lowest = (point, value) }
        return value
      }
      iterations = minimum.iterations
    } catch is Expired {
      iterations = calls / max(1, cells.count)
    }
    gradientEvaluations += calls
    if let lowest { current = lowest.parameters }
    try conclude("\(temperature)", relaxedValue: lowest?.value, iterations: iterations, progress)
  }

  private mutating func drawCell() -> EndToEndObjective<E>.Cell {
    var cell = cells[Int(generator.uniform() * Double(cells.count))]
    let densities = cells.filter { $0.task == cell.task }.map(\.density)
    if let lowest = densities.min(), let highest = densities.max(), lowest < highest {
      cell.density = highest * (lowest / highest).raised(to: generator.uniform())
    }
    return cell
  }

  /// Really prunes with the current θ; falls back to the best θ where that is better.
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
