import LAPACKNumerics
public import PruneCore

/// Compensation by a low-rank empirical Fisher matrix: with `F = λ I + Gᵀ G / n` of `n` gradients `G`, pruning weights
/// `w_R` is compensated by `Δ_S = F_SS⁻¹ F_SR w_R` on the kept ones, the minimum of `½ Δᵀ F Δ`.
///
/// By Woodbury's identity `Δ_S = G_Sᵀ (n λ I + G_S G_Sᵀ)⁻¹ G_R w_R`, so the system solved is `[n, n]` and layers are added
/// one by one.
///
/// - Source: the update of Singh & Alistarh, *WoodFisher*, 2020,
///   [arXiv:2004.14340](https://arxiv.org/abs/2004.14340), §3, in the low-rank form of Benbaki et al., *Fast as CHITA*,
///   2023, [arXiv:2302.14623](https://arxiv.org/abs/2302.14623), §3.
/// - Complexity: O(*n*² × *weights* + *n*³).
public struct FisherSystem: Sendable {
  /// Number of gradients `n`.
  public let rows: Int
  /// `G_S G_Sᵀ`, one triangle.
  private var kernel: [Float]
  /// `G_R w_R`.
  private var removed: [Double]

  /// An empty system of `n` gradients.
  ///
  /// - Parameter rows: `n`, above 0; memory grows with its square.
  public init(rows: Int) {
    precondition(rows > 0, "\(rows) gradients, expected > 0")
    self.rows = rows
    kernel = [Float](repeating: 0, count: rows * rows)
    removed = [Double](repeating: 0, count: rows)
  }

  /// Adds the weights of a layer.
  /// - Parameters:
  ///   - gradients: gradients of the weights, `[n, weights]`, row-major.
  ///   - weights: values before the pruning, `[weights]`.
  ///   - kept: mask of these weights.
  public mutating func add(gradients: [Float], weights: [Float], kept: Mask) {
    let count = weights.count
    precondition(
      gradients.count == rows * count && kept.kept.count == count,
      "\(gradients.count) gradients and \(kept.kept.count) mask values for \(count) weights")
    var masked = gradients
    for row in 0..<rows {
      var lost = 0.0
      for index in 0..<count where !kept.kept[index] {
        lost += Double(gradients[row * count + index]) * Double(weights[index])
        masked[row * count + index] = 0
      }
      removed[row] += lost
    }
    SymmetricProducts.addInnerProducts(of: masked, rows: rows, to: &kernel)
  }

  /// One coefficient per gradient, `[n]`; ``correction(of:coefficients:kept:)`` combines the gradients with them.
  /// - Parameter ridge: `n λ` as a share of the mean squared norm of the kept gradients, > 0.
  /// - Returns: `nil` where the system cannot be solved.
  public func coefficients(ridge: Double) -> [Double]? {
    precondition(ridge > 0, "the ridge is \(ridge), expected > 0")
    let trace = (0..<rows).reduce(0.0) { $0 + Double(kernel[$1 * rows + $1]) }
    guard trace > 0, trace.isFinite else { return nil }
    var matrix = kernel.map { Double($0) }
    for row in 0..<rows { matrix[row * rows + row] += ridge * trace / Double(rows) }
    return CholeskySolver(matrix, size: rows)?.solve(removed)
  }

  /// Correction of the kept weights: the gradients' combination by `coefficients`.
  /// - Parameters:
  ///   - gradients: gradients of some weights, `[n, weights]`, row-major.
  ///   - coefficients: one per gradient, `[n]`.
  ///   - kept: mask of these weights.
  public static func correction(
    of gradients: [Float], coefficients: [Double], kept: Mask
  ) -> LayerCorrection {
    let count = kept.kept.count
    var sums = [Double](repeating: 0, count: count)
    for (row, coefficient) in coefficients.enumerated() {
      for index in 0..<count where kept.kept[index] {
        sums[index] += coefficient * Double(gradients[row * count + index])
      }
    }
    return LayerCorrection(weights: sums.map { Float($0) })
  }
}

/// Newton step `Δ` of some weights: the minimum of the loss's second-order model
/// `ḡᵀΔ + ½ Δᵀ (F + λ I) Δ`, with the curvature `F = Gᵀ G / n` of `n` gradients `G`.
///
/// - Source: Amari, *Natural gradient works efficiently in learning*, Neural Computation 10, 1998, §3; for the
///   kept weights of a pruned network, Benbaki et al., *Fast as CHITA*, 2023,
///   [arXiv:2302.14623](https://arxiv.org/abs/2302.14623), §3.
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
