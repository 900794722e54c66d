/// Minimises a smooth function of many variables, given its value and gradient (GSL's `vector_bfgs2`).
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
    case none
    /// Typical size of each variable, > 0.
    case diagonal([Double])
    /// `[n · n]`, row-major, symmetric and positive definite: an approximation of the Hessian.
    case curvature([Double])
  }

  /// Length of the first trial step in scaled variables; `nil` takes the Newton step under ``Scaling/curvature(_:)``
  /// and 0.1 otherwise.
  public var initialStep: Double?
  /// Accuracy of the line searches, in `0 ..< 1`; 0.1 is GSL's advice.
  public var lineSearchTolerance = 0.1
  /// Converged when the largest entry of the scaled gradient is at most this times max(1, |value|).
  public var gradientTolerance = 1e-6
  /// Converged when three iterations in a row each lower the value by at most this times max(1, |value|); 0 is never.
  public var valueTolerance = 0.0
  public var maximumIterations = 500
  public var maximumEvaluations = 100_000
  public var scaling = Scaling.none

  public init() {}

  /// - Parameters:
  ///   - start: `[n]`, n ≥ 1.
  ///   - shouldStop: asked before every iteration; `true` ends the search with the best point so far.
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

/// Where a minimisation ended, and why.
public struct Minimum: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable {
    /// The gradient is as small as was asked.
    case gradientConverged
    /// The value no longer falls by as much as was asked.
    case valueConverged
    /// The line search finds nothing lower: usually the limit of floating point.
    case noProgress
    case iterationLimit
    case evaluationLimit
    /// The caller asked to stop.
    case stopped
  }

  /// `[n]`.
  public var point: [Double]
  public var value: Double
  /// Largest entry of the gradient in scaled variables.
  public var gradientNorm: Double
  public var iterations: Int
  public var evaluations: Int
  public var reason: Reason
}
