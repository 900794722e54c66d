import TestSupport
import Testing

@testable import PruneTraining

@Suite("Sparsity ramp")
struct SparsityScheduleTests {
  @Test("follows the cubic of Zhu & Gupta at every interval and ends on the target in time")
  func cubic() {
    let ramp = SparsitySchedule(from: 1, to: 0.2, steps: 100, share: 0.8, interval: 20)
    let densities = (0..<100).map { ramp.density(before: $0) }
    // 0.2 + 0.8 · (1 − t / 80)³ at t = 20, 40, 60.
    let expected = [20: 0.5375, 40: 0.3, 60: 0.2125, 80: 0.2]
    for (step, density) in densities.enumerated() {
      if let wanted = expected[step] {
        #expect(isClose(density ?? 0, wanted, absolute: 1e-12))
      } else {
        #expect(density == nil, "step \(step)")
      }
    }
  }

  @Test(
    "always reaches the target before the last step, never rising", .tags(.property),
    arguments: [1, 2, 3, 7, 50, 1_000], [1, 4, 64])
  func reachesTarget(_ steps: Int, _ interval: Int) {
    for share in [0, 0.3, 0.7, 1] {
      let ramp = SparsitySchedule(
        from: 0.6, to: 0.05, steps: steps, share: share, interval: interval)
      let densities = (0..<steps).compactMap { ramp.density(before: $0) }
      #expect(densities.last == 0.05)
      #expect(densities == densities.sorted(by: >))
      #expect(densities.allSatisfy { (0.05..<0.6).contains($0) })
      #expect(densities.count { $0 == 0.05 } == 1)
    }
  }
}
