import CLAPACK

/// Cholesky factor of a symmetric positive definite matrix, by LAPACK.
package struct CholeskySolver {
  private let size: Int32
  private let factor: [Double]

  /// Factors a matrix.
  ///
  /// - Parameter matrix: `[size, size]`; its lower triangle in column-major order is read.
  /// - Returns: `nil` where the matrix is not positive definite or not finite.
  package init?(_ matrix: [Double], size: Int) {
    precondition(matrix.count == size * size, "\(matrix.count) elements, expected \(size)²")
    guard size > 0, let count = Int32(exactly: size) else { return nil }
    var factor = matrix
    let status = factor.withUnsafeMutableBufferPointer { clapack_factor($0.baseAddress, count) }
    guard status == 0 else { return nil }
    self.size = count
    self.factor = factor
  }

  /// Solves the system for several right-hand sides.
  ///
  /// - Parameter sides: right-hand sides, `[sides, size]`, each contiguous.
  /// - Returns: the solutions, `[sides, size]`; `nil` where one is not finite.
  package func solve(_ sides: [Double]) -> [Double]? {
    precondition(sides.count % Int(size) == 0, "\(sides.count) elements for systems of \(size)")
    guard let count = Int32(exactly: sides.count / Int(size)) else { return nil }
    var result = sides
    let status = result.withUnsafeMutableBufferPointer { result in
      factor.withUnsafeBufferPointer {
        clapack_solve($0.baseAddress, size, result.baseAddress, count)
      }
    }
    return status == 0 && result.allSatisfy(\.isFinite) ? result : nil
  }

  /// Diagonal of the inverse, `[size]`; `nil` where it is not finite.
  package func inverseDiagonal() -> [Double]? {
    var inverse = factor
    let status = inverse.withUnsafeMutableBufferPointer { clapack_invert($0.baseAddress, size) }
    let count = Int(size)
    let diagonal = (0..<count).map { inverse[$0 * count + $0] }
    return status == 0 && diagonal.allSatisfy(\.isFinite) ? diagonal : nil
  }
}

/// Sums of products of vectors with each other, by BLAS.
///
/// Only the lower triangle in column-major order of each symmetric result is filled, as ``CholeskySolver`` reads it.
package enum SymmetricProducts {
  /// Adds `V Vᵀ` for the rows of `V`.
  ///
  /// - Parameters:
  ///   - vectors: `V`, `[rows, depth]`, row-major.
  ///   - sums: matrix that the products are added to, `[rows, rows]`.
  package static func addInnerProducts(of vectors: [Float], rows: Int, to sums: inout [Float]) {
    guard rows > 0, let size = Int32(exactly: rows),
      let depth = Int32(exactly: vectors.count / rows), depth > 0
    else { return }
    sums.withUnsafeMutableBufferPointer { sums in
      vectors.withUnsafeBufferPointer {
        clapack_add_products($0.baseAddress, size, depth, sums.baseAddress)
      }
    }
  }

  /// Adds `Vᵀ V`: the sum of the outer products of the rows of `V` with themselves.
  ///
  /// - Parameters:
  ///   - vectors: `V`, `[count, width]`, row-major.
  ///   - sums: matrix that the products are added to, `[width, width]`.
  package static func addOuterProducts(of vectors: [Float], width: Int, to sums: inout [Float]) {
    guard width > 0, let size = Int32(exactly: width),
      let count = Int32(exactly: vectors.count / width), count > 0
    else { return }
    sums.withUnsafeMutableBufferPointer { sums in
      vectors.withUnsafeBufferPointer {
        clapack_add_outer_products($0.baseAddress, size, count, sums.baseAddress)
      }
    }
  }
}
