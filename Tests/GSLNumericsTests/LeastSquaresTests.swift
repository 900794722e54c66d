import GSLNumerics
import Testing

@Suite("least squares")
struct LeastSquaresTests {
  @Test("agrees with NumPy")
  func golden() throws {
    // numpy.linalg.lstsq([[1, 0], [1, 1], [1, 2], [1, 4]], [1, 3, 4, 4])
    let solution = try LeastSquares.solve(
      rows: [[1, 0], [1, 1], [1, 2], [1, 4]], targets: [1, 3, 4, 4])
    let expected = [1.8, 2.4 / 3.5]
    for (got, wanted) in zip(solution, expected) { #expect(abs(got - wanted) < 1e-10) }
  }

  @Test("negative coefficients are left out")
  func nonnegative() throws {
    let solution = try LeastSquares.nonnegative(
      rows: [[1, 1], [1, 2], [1, 3]], targets: [3, 2, 1])
    #expect(solution[1] == 0)
    #expect(abs(solution[0] - 2) < 1e-12)
  }

  @Test func tooFewRows() {
    #expect(throws: NumericsError.self) {
      try LeastSquares.solve(rows: [[1, 2, 3]], targets: [1])
    }
    #expect(throws: NumericsError.self) { try LeastSquares.solve(rows: [[1]], targets: [1, 2]) }
  }
}
