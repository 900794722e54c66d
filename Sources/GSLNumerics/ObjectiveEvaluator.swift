import CGSL

/// Evaluator that answers GSL's separate requests for value and gradient from one call of the objective
/// per point.
///
/// An error thrown by the objective is kept in ``failure``; from then on every request is answered with NaN, which
/// ends GSL's line search, and the search rethrows it.
final class ObjectiveEvaluator {
  private let transform: VariableTransform
  private let evaluationLimit: Int
  private let objective: (_ point: [Double], _ gradient: inout [Double]) throws -> Double

  private(set) var failure: (any Error)?
  private(set) var evaluations = 0
  private(set) var isExhausted = false
  private(set) var best: (scaled: [Double], value: Double, gradient: [Double])?

  private var scaledPoint: [Double] = []
  private var value = Double.nan
  private var gradient: [Double] = []

  init(
    transform: VariableTransform, evaluationLimit: Int,
    objective: @escaping (_ point: [Double], _ gradient: inout [Double]) throws -> Double
  ) {
    self.transform = transform
    self.evaluationLimit = evaluationLimit
    self.objective = objective
  }

  var count: Int { transform.origin.count }
  var isCurvatureScaled: Bool { transform.isCurvature }

  func point(at scaled: [Double]) -> [Double] { transform.point(at: scaled) }

  /// Value and scaled gradient at a scaled point.
  func evaluate(_ scaled: [Double]) -> (value: Double, gradient: [Double]) {
    if scaled == scaledPoint { return (value, gradient) }
    let nothing = [Double](repeating: .nan, count: count)
    guard failure == nil, !isExhausted else { return (.nan, nothing) }
    guard evaluations < evaluationLimit else {
      isExhausted = true
      return (.nan, nothing)
    }
    evaluations += 1
    var raw = [Double](repeating: 0, count: count)
    do {
      value = try objective(transform.point(at: scaled), &raw)
    } catch {
      failure = error
      return (.nan, nothing)
    }
    guard raw.count == count else {
      failure = NumericsError.wrongLength(
        operation: "the objective's gradient", got: raw.count, expected: count)
      return (.nan, nothing)
    }
    scaledPoint = scaled
    gradient = transform.scaledGradient(raw)
    if value.isFinite && gradient.allSatisfy(\.isFinite) {
      if value < best?.value ?? .infinity { best = (scaled, value, gradient) }
    } else if let best {
      value = best.value + 1e6 * (1 + best.value.magnitude)
      gradient = [Double](repeating: 0, count: count)
    }
    return (value, gradient)
  }

  /// Callbacks of GSL for this object, which must outlive their use.
  func makeFunction() -> gsl_multimin_function_fdf {
    gsl_multimin_function_fdf(
      f: { vector, parameters in
        guard let evaluator = ObjectiveEvaluator.from(parameters) else { return .nan }
        return evaluator.evaluate(ObjectiveEvaluator.array(vector)).value
      },
      df: { vector, parameters, gradient in
        guard let evaluator = ObjectiveEvaluator.from(parameters) else { return }
        let result = evaluator.evaluate(ObjectiveEvaluator.array(vector))
        ObjectiveEvaluator.store(result.gradient, in: gradient)
      },
      fdf: { vector, parameters, value, gradient in
        guard let evaluator = ObjectiveEvaluator.from(parameters) else { return }
        let result = evaluator.evaluate(ObjectiveEvaluator.array(vector))
        value?.pointee = result.value
        ObjectiveEvaluator.store(result.gradient, in: gradient)
      },
      n: count, params: Unmanaged.passUnretained(self).toOpaque())
  }

  private static func from(_ parameters: UnsafeMutableRawPointer?) -> ObjectiveEvaluator? {
    parameters.map { Unmanaged<ObjectiveEvaluator>.fromOpaque($0).takeUnretainedValue() }
  }

  static func array(_ vector: UnsafePointer<gsl_vector>?) -> [Double] {
    guard let vector = vector?.pointee, let data = vector.data else { return [] }
    return (0..<vector.size).map { data[$0 * vector.stride] }
  }

  private static func store(_ values: [Double], in vector: UnsafeMutablePointer<gsl_vector>?) {
    guard let vector = vector?.pointee, let data = vector.data else { return }
    for (index, value) in values.enumerated() { data[index * vector.stride] = value }
  }
}
