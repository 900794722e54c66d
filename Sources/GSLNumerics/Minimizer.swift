/// Minimiser of a smooth function of many variables, given its value and gradient (GSL's `vector_bfgs2`).
///
/// The objective is called once per point; GSL's separate requests for value and gradient are answered from one call.
/// A value or gradient that is not finite counts as very large, so that the line search shrinks back from it.
///
/// GSL keeps only the latest step of the inverse Hessian, so badly scaled problems need ``Scaling``: with
/// ``Scaling/curvature(_:)`` near the true Hessian the first step is Newton's and some ten iterations suffice.
///
/// - Source: Fletcher, *Practical Methods of Optimization*, 2nd ed., 1987, algorithms 2.6.2 and 2.6.4;
///   [GSL manual](https://www.gnu.org/software/gsl/doc/html/multimin.html).
public struct Minimizer: Hashable, Sendable {
  /// Linear change of variables in which the search runs.
  public enum Scaling: Hashable, Sendable {
    /// No change of variables.
    case none
    /// Typical size of each variable, > 0.
    case diagonal([Double])
    /// Approximation of the Hessian, `[n · n]`, row-major, symmetric and positive definite.
    case curvature([Double])
  }

  /// Length of the first trial step in scaled variables; `nil` takes the Newton step under
  /// ``Scaling/curvature(_:)`` and 0.1 otherwise.
  public var initialStep: Double?
  /// Accuracy of the line searches, in `0 ..< 1`; 0.1 is GSL's advice.
  public var lineSearchTolerance = 0.1
  /// Convergence tolerance of the gradient: its largest entry in scaled variables is at most this times
  /// max(1, |value|).
  public var gradientTolerance = 1e-6
  /// Convergence tolerance of the value: three iterations in a row each lower it by at most this times
  /// max(1, |value|); 0 is never.
  public var valueTolerance = 0.0
  /// Limit on the number of iterations.
  public var maximumIterations = 500
  /// Limit on the number of calls of the objective.
  public var maximumEvaluations = 100_000
  /// Change of variables in which the search runs.
  public var scaling = Scaling.none

  /// A minimiser with the default options.
  public init() {}

  /// Minimises the objective.
  /// - Parameters:
  ///   - start: first point, `[n]`, n ≥ 1.
  ///   - shouldStop: called before every iteration; `true` ends the search with the best point so far.
  ///   - objective: returns the value at a point and overwrites the gradient, `[n]`.
  /// - Returns: the best point that was evaluated.
  /// - Throws: ``NumericsError``, and whatever `objective` throws.
  public func minimize(
    from start: [Double], shouldStop: () -> Bool = { false },
    _ objective: (_ point: [Double], _ gradient: inout [Double]) throws -> Double
  ) throws -> Minimum {
    try validate(start)
    let transform = try VariableTransform(scaling, origin: start)
    return try withoutActuallyEscaping(objective) { escaping in
      let evaluator = ObjectiveEvaluator(
        transform: transform, evaluationLimit: maximumEvaluations, objective: escaping)
      return try BFGSSearch(options: self, evaluator: evaluator).run(shouldStop: shouldStop)
    }
  }

  private func validate(_ start: [Double]) throws(NumericsError) {
    guard !start.isEmpty else {
      throw .wrongLength(operation: "minimisation", got: 0, expected: 1)
    }
    guard start.allSatisfy(\.isFinite) else {
      throw .nonFiniteStart(
        operation: "minimisation", value: start.first { !$0.isFinite } ?? .nan)
    }
    guard (0..<1).contains(lineSearchTolerance), lineSearchTolerance > 0 else {
      throw .invalidArgument(
        operation: "minimisation", name: "lineSearchTolerance", got: "\(lineSearchTolerance)",
        expected: "0 < tolerance < 1")
    }
    if let initialStep, !(initialStep > 0 && initialStep.isFinite) {
      throw .invalidArgument(
        operation: "minimisation", name: "initialStep", got: "\(initialStep)", expected: "> 0")
    }
  }
}

/// Result of a minimisation: the best point, and the reason of its end.
public struct Minimum: Hashable, Sendable {
  /// Reason for which a minimisation ended.
  public enum Reason: String, Hashable, Sendable {
    /// The gradient is within its tolerance.
    case gradientConverged
    /// The decrease of the value is within its tolerance.
    case valueConverged
    /// The line search finds no lower value: usually the limit of floating point.
    case noProgress
    /// The number of iterations reached its limit.
    case iterationLimit
    /// The number of evaluations reached its limit.
    case evaluationLimit
    /// `shouldStop` returned `true`.
    case stopped
  }

  /// Best point, `[n]`.
  public var point: [Double]
  /// Value of the objective at the point.
  public var value: Double
  /// Largest entry of the gradient in scaled variables.
  public var gradientNorm: Double
  /// Number of iterations.
  public var iterations: Int
  /// Number of calls of the objective.
  public var evaluations: Int
  /// Reason for which the minimisation ended.
  public var reason: Reason
}
