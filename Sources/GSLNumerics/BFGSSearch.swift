import CGSL

/// Search by GSL's `vector_bfgs2`, restarted along steepest descent where it gets stuck away from a
/// minimum.
struct BFGSSearch {
  let options: Minimizer
  let evaluator: ObjectiveEvaluator

  func run(shouldStop: () -> Bool) throws -> Minimum {
    GSL.prepare()
    let size = evaluator.count
    let origin = [Double](repeating: 0, count: size)
    let start = evaluator.evaluate(origin)
    if let failure = evaluator.failure { throw failure }
    guard evaluator.best != nil else {
      throw NumericsError.nonFiniteStart(operation: "minimisation", value: start.value)
    }
    guard
      let minimizer = gsl_multimin_fdfminimizer_alloc(
        cgsl_vector_bfgs2(), size),
      let vector = gsl_vector_alloc(size)
    else { throw NumericsError.outOfMemory(operation: "minimisation", size: size) }
    defer {
      gsl_multimin_fdfminimizer_free(minimizer)
      gsl_vector_free(vector)
    }
    var function = evaluator.makeFunction()
    return try withUnsafeMutablePointer(to: &function) { function in
      try withExtendedLifetime(evaluator) {
        try iterate(minimizer, vector, function, shouldStop: shouldStop)
      }
    }
  }

  private func iterate(
    _ minimizer: UnsafeMutablePointer<gsl_multimin_fdfminimizer>,
    _ vector: UnsafeMutablePointer<gsl_vector>,
    _ function: UnsafeMutablePointer<gsl_multimin_function_fdf>, shouldStop: () -> Bool
  ) throws -> Minimum {
    var iterations = 0
    var sinceRestart = 0
    var stalls = 0
    var slowIterations = 0
    var step = firstStep()
    if isConverged() { return result(.gradientConverged, iterations) }
    try restart(minimizer, vector, function, step: step)
    while iterations < options.maximumIterations {
      if shouldStop() { return result(.stopped, iterations) }
      let before = bestValue
      let status = gsl_multimin_fdfminimizer_iterate(minimizer)
      iterations += 1
      sinceRestart += 1
      if let failure = evaluator.failure { throw failure }
      if evaluator.isExhausted { return result(.evaluationLimit, iterations) }
      if isConverged() { return result(.gradientConverged, iterations) }
      let drop = before - bestValue
      if status != GSL_SUCCESS.rawStatus {
        guard status == GSL_ENOPROG.rawStatus else { throw GSL.error(status, in: "minimisation") }
        stalls = sinceRestart > 1 ? 1 : stalls + 1
        if stalls > 3 { return result(.noProgress, iterations) }
        step *= 0.1
        sinceRestart = 0
        try restart(minimizer, vector, function, step: step)
        continue
      }
      slowIterations =
        drop <= options.valueTolerance * max(1, bestValue.magnitude) ? slowIterations + 1 : 0
      if options.valueTolerance > 0, slowIterations >= 3 {
        return result(.valueConverged, iterations)
      }
    }
    return result(.iterationLimit, iterations)
  }

  private func restart(
    _ minimizer: UnsafeMutablePointer<gsl_multimin_fdfminimizer>,
    _ vector: UnsafeMutablePointer<gsl_vector>,
    _ function: UnsafeMutablePointer<gsl_multimin_function_fdf>, step: Double
  ) throws {
    for (index, value) in (evaluator.best?.scaled ?? []).enumerated() {
      gsl_vector_set(vector, index, value)
    }
    let status = gsl_multimin_fdfminimizer_set(
      minimizer, function, vector, step, options.lineSearchTolerance)
    if let failure = evaluator.failure { throw failure }
    try GSL.check(status, in: "minimisation")
  }

  private var bestValue: Double { evaluator.best?.value ?? .nan }

  private var gradientNorm: Double {
    evaluator.best?.gradient.reduce(0) { max($0, $1.magnitude) } ?? .nan
  }

  private func isConverged() -> Bool {
    gradientNorm <= options.gradientTolerance * max(1, bestValue.magnitude)
  }

  private func firstStep() -> Double {
    if let step = options.initialStep { return step }
    guard evaluator.isCurvatureScaled else { return 0.1 }
    let squares = evaluator.best?.gradient.reduce(0) { $0 + $1 * $1 } ?? 0
    return squares > 0 ? squares.squareRoot() : 0.1
  }

  private func result(_ reason: Minimum.Reason, _ iterations: Int) -> Minimum {
    Minimum(
      point: evaluator.point(at: evaluator.best?.scaled ?? []), value: bestValue,
      gradientNorm: gradientNorm, iterations: iterations, evaluations: evaluator.evaluations,
      reason: reason)
  }
}
