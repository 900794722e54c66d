import CLAPACK

/// Sums of products of vectors with each other, by BLAS; of the symmetric results one triangle is filled, the lower one
/// column by column, as ``CholeskySolver`` reads it.
package enum SymmetricProducts {
  /// Adds `V Vᵀ` for the rows of `V`.
  ///
  /// - Parameters:
  ///   - vectors: `V`, `[rows, depth]`, row-major.
  ///   - sums: `[rows, rows]`.
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
  ///   - sums: `[width, width]`.
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
