import Foundation
import PruneCore
import PruneSupport
import Testing

@testable import PruneController

@Suite("Which networks are worth a test")
struct CertificationPlanTests {
  @Test("A network that may fail is passed over for a safer, sparser one")
  func passesOver() {
    #expect(
      CertificationPlan.positions(
        densities: [0.9, 0.4, 0.2], passProbabilities: [1, 0.7, 0.9]) == [0, 2])
  }

  @Test("What comes after all the others costs them nothing")
  func keepsTheLast() {
    #expect(
      CertificationPlan.positions(
        densities: [0.9, 0.2, 0.1], passProbabilities: [1, 0.9, 0.05]) == [0, 1, 2])
  }

  @Test("One network, or one that cannot pass")
  func edges() {
    #expect(CertificationPlan.positions(densities: [0.5], passProbabilities: [0.3]) == [0])
    #expect(
      CertificationPlan.positions(densities: [0.5, 0.1], passProbabilities: [1, 0]) == [0])
    #expect(
      CertificationPlan.positions(densities: [0.5, 0], passProbabilities: [1, 0.5]) == [0, 1])
  }

  @Test("No other sequence that begins with the densest has a greater expected value")
  func isBest() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<200 {
      let count = Int.random(in: 1...7, using: &generator)
      let densities = (0..<count).map { _ in Double.random(in: 0.01...1, using: &generator) }
        .sorted(by: >)
      let passes = (0..<count).map { _ in Double.random(in: 0...1, using: &generator) }
      let chosen = CertificationPlan.positions(densities: densities, passProbabilities: passes)
      var best = -Double.infinity
      for bits in 0..<(1 << (count - 1)) {
        let others = (1..<count).filter { bits & (1 << ($0 - 1)) != 0 }
        best = max(best, expectedValue([0] + others, densities, passes))
      }
      #expect(chosen.first == 0)
      #expect(abs(expectedValue(chosen, densities, passes) - best) < 1e-9)
    }
  }

  /// Of the last that passes before the first failure, summed over all ends.
  private func expectedValue(_ sequence: [Int], _ densities: [Double], _ passes: [Double]) -> Double
  {
    var reached = 1.0
    var total = 0.0
    for (index, position) in sequence.enumerated() {
      reached *= passes[position]
      let nextPass = index + 1 < sequence.count ? passes[sequence[index + 1]] : 0
      total += reached * (1 - nextPass) * -log(densities[position])
    }
    return total
  }
}
