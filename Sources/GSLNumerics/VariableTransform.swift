import CGSL

/// Change of variables `x = origin + A·y`, with `A` such that the search in `y` is well scaled.
struct VariableTransform {
  private enum Map {
    case identity
    case diagonal([Double])
    /// Lower factor `L` of the curvature `L·Lᵀ`, `[n · n]`; `A = L⁻ᵀ`.
    case cholesky([Double])
  }

  let origin: [Double]
  private let map: Map

  init(_ scaling: Minimizer.Scaling, origin: [Double]) throws(NumericsError) {
    GSL.prepare()
    self.origin = origin
    switch scaling {
    case .none: map = .identity
    case .diagonal(let scales):
      guard scales.count == origin.count else {
        throw .wrongLength(
          operation: "diagonal scaling", got: scales.count, expected: origin.count)
      }
      guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else {
        throw .invalidArgument(
          operation: "diagonal scaling", name: "a scale",
          got: "\(scales.first { !($0 > 0 && $0.isFinite) } ?? .nan)", expected: "> 0 and finite")
      }
      map = .diagonal(scales)
    case .curvature(let matrix):
      guard matrix.count == origin.count * origin.count else {
        throw .wrongLength(
          operation: "curvature scaling", got: matrix.count, expected: origin.count * origin.count)
      }
      map = .cholesky(try Self.choleskyFactor(of: matrix, size: origin.count))
    }
  }

  var isCurvature: Bool { if case .cholesky = map { true } else { false } }

  func point(at scaled: [Double]) -> [Double] {
    var step = scaled
    switch map {
    case .identity: break
    case .diagonal(let scales): for index in step.indices { step[index] *= scales[index] }
    case .cholesky(let factor): Self.solve(factor, CblasTrans, &step)
    }
    for index in step.indices { step[index] += origin[index] }
    return step
  }

  /// Gradient with respect to `y`, from the gradient with respect to `x`.
  func scaledGradient(_ gradient: [Double]) -> [Double] {
    var result = gradient
    switch map {
    case .identity: break
    case .diagonal(let scales): for index in result.indices { result[index] *= scales[index] }
    case .cholesky(let factor): Self.solve(factor, CblasNoTrans, &result)
    }
    return result
  }

  private static func choleskyFactor(
    of matrix: [Double], size: Int
  ) throws(NumericsError) -> [Double] {
    guard matrix.allSatisfy(\.isFinite) else { throw .notPositiveDefinite(size: size) }
    var factor = matrix
    let status = factor.withUnsafeMutableBufferPointer { buffer in
      var view = gsl_matrix_view_array(buffer.baseAddress, size, size)
      return gsl_linalg_cholesky_decomp1(&view.matrix)
    }
    let hasPositiveDiagonal = (0..<size).allSatisfy { factor[$0 * size + $0] > 0 }
    guard status == GSL_SUCCESS.rawStatus, hasPositiveDiagonal else {
      throw .notPositiveDefinite(size: size)
    }
    return factor
  }

  private static func solve(
    _ factor: [Double], _ transpose: CBLAS_TRANSPOSE_t, _ vector: inout [Double]
  ) {
    let size = vector.count
    factor.withUnsafeBufferPointer { matrixBuffer in
      vector.withUnsafeMutableBufferPointer { vectorBuffer in
        var matrix = gsl_matrix_const_view_array(matrixBuffer.baseAddress, size, size)
        var target = gsl_vector_view_array(vectorBuffer.baseAddress, size)
        _ = gsl_blas_dtrsv(CblasLower, transpose, CblasNonUnit, &matrix.matrix, &target.vector)
      }
    }
  }
}
