import LAPACKNumerics

/// The change `Δ` of some weights that takes a loss to the minimum of its second-order model
/// `ḡᵀΔ + ½ Δᵀ (F + λ I) Δ`, with the curvature `F = Gᵀ G / n` of `n` gradients `G`.
///
/// - Source: Amari, *Natural gradient works efficiently in learning*, Neural Computation 10, 1998, §3; for the weights that
///   pruning left, Benbaki et al., *Fast as CHITA*, 2023, [arXiv:2302.14623](https://arxiv.org/abs/2302.14623), §3.
/// - Complexity: O(*n* *k*² + *k*³) for `k` weights.
public struct NewtonSystem: Sendable {
  private let slope: [Double]
  /// `F`, one triangle.
  private let curvature: [Double]
  /// Mean of the eigenvalues of `F`.
  private let scale: Double

  /// - Parameters:
  ///   - gradients: `G`, `[n, k]`, row-major, `n` above 0.
  ///   - slope: `ḡ`, `[k]`, not empty.
  public init(gradients: [Float], slope: [Double]) {
    let size = slope.count
    precondition(
      size > 0 && !gradients.isEmpty && gradients.count % size == 0,
      "\(gradients.count) numbers for gradients of \(size) weights")
    let rows = gradients.count / size
    var products = [Float](repeating: 0, count: size * size)
    SymmetricProducts.addOuterProducts(of: gradients, width: size, to: &products)
    let curvature = products.map { Double($0) / Double(rows) }
    self.slope = slope
    self.curvature = curvature
    scale = (0..<size).reduce(0) { $0 + curvature[$1 * size + $1] } / Double(size)
  }

  /// - Parameter ridge: `λ` as a share of the mean eigenvalue of `F`, > 0.
  /// - Returns: `Δ`, `[k]`; `nil` where the system cannot be solved.
  public func step(ridge: Double) -> [Double]? {
    precondition(ridge > 0, "the ridge is \(ridge), expected > 0")
    guard scale > 0, scale.isFinite else { return nil }
    var matrix = curvature
    for row in slope.indices { matrix[row * slope.count + row] += ridge * scale }
    return CholeskySolver(matrix, size: slope.count)?.solve(slope.map { -$0 })
  }
}
