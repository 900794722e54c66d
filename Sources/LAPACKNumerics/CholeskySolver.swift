import CLAPACK

/// A symmetric positive definite matrix, factored by LAPACK.
package struct CholeskySolver {
  private let size: Int32
  private let factor: [Double]

  /// - Parameter matrix: `[size, size]`; the triangle that is the lower one column by column is read.
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

  /// - Parameter sides: right-hand sides, `[sides, size]`, each contiguous.
  /// - Returns: the solutions, laid out the same; `nil` where they are not finite.
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
