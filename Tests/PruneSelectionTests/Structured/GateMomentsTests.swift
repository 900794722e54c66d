import Testing

@testable import PruneSelection

@Suite("Gate moments")
struct GateMomentsTests {
  @Test("are means of squares and of changes, and correlations with the group's sum")
  func moments() {
    // Unit 3 has no group.
    var moments = GateMoments(groups: [1: 0, 2: 0])
    moments.add(
      [1: 2, 2: 1, 3: 5], weight: 0.5, divergenceGradients: [1: 0.4, 2: -0.2], weight: 0.5)
    moments.add(
      [1: -1, 2: 1, 3: 0], weight: 0.5, divergenceGradients: [1: -0.2, 2: -0.4], weight: 0.5)
    #expect(moments.square(of: 1) == 2.5)
    #expect(moments.square(of: 3) == 12.5)
    #expect(abs(moments.divergenceGradient(of: 1) - 0.1) < 1e-12)
    #expect(abs(moments.saliency(of: 2) - (0.5 + 0.3)) < 1e-12)
    // Sums are 3 and 0: E[g Σ] = 3 of unit 1 and 1.5 of unit 2, E[Σ²] = 4.5.
    #expect(abs(moments.groupCorrelation(of: 1) - 3 / (2.5 * 4.5).squareRoot()) < 1e-12)
    #expect(abs(moments.groupCorrelation(of: 2) - 1.5 / 4.5.squareRoot()) < 1e-12)
    #expect(moments.groupCorrelation(of: 3) == 0)
    #expect(moments.saliency(of: 9) == 0)
  }
}
