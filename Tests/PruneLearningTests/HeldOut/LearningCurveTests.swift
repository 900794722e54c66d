import PruneCore
import PruneData
import TestSupport
import Testing

@testable import AutoPrune
@testable import PruneLearning

@Suite("The learning curve")
struct LearningCurveTests {
  private func cell(
    _ runs: Int, _ metric: Double, seed: UInt64, group: String = "a"
  ) -> HeldOutCell {
    HeldOutCell(
      subject: group, group: group, seed: seed, sparsity: 0.9,
      method: LearningCurve.method(runs: runs), metric: metric, dense: 1, seconds: 0)
  }

  @Test(
    "means, gains over the prior of the same draw, and their standard errors by hand",
    .tags(.golden))
  func points() throws {
    let curve = LearningCurve(
      [
        cell(0, 0.5, seed: 0), cell(0, 0.3, seed: 0, group: "b"),
        cell(0, 0.6, seed: 1), cell(0, 0.4, seed: 1, group: "b"),
        cell(10, 0.6, seed: 0), cell(10, 0.5, seed: 0, group: "b"),
        cell(10, 0.6, seed: 1), cell(10, 0.5, seed: 1, group: "b"),
        cell(3, 0.5, seed: 0), cell(3, 0.4, seed: 0, group: "b"),
      ], command: "Training learning-curve")
    #expect(curve.points.map(\.runs) == [0, 3, 10])
    #expect(curve.points[0].gains == [0, 0])
    #expect(curve.points[1].gainError == nil)
    let last = curve.points[2]
    #expect(last.draws.isClose(to: [0.55, 0.55], absolute: 1e-12))
    #expect(last.gains.isClose(to: [0.15, 0.05], absolute: 1e-12))
    #expect(abs(last.gain - 0.1) < 1e-12)
    // sd of {.15, .05} is .0707, over √2.
    #expect(abs(try #require(last.gainError) - 0.05) < 1e-12)
    #expect(curve.text.contains("| 10 | 55.0 | +10.0 ± 5.0 | 2 |"))
  }

  @Test("draws that lack a cell or the prior are left out")
  func incomplete() {
    let curve = LearningCurve(
      [
        cell(0, 0.5, seed: 0), cell(0, 0.5, seed: 0, group: "b"),
        cell(1, 0.6, seed: 0),  // no group b
        cell(1, 0.6, seed: 1), cell(1, 0.6, seed: 1, group: "b"),  // no prior
      ], command: "")
    #expect(curve.points.map(\.runs) == [0])
  }

  @Test("draws are nested, repeat by seed, and take groups in turn")
  func draws() throws {
    let trained = try ClusterNetworks.trained(3, engine: ReferenceEngine())
    let networks = try trained.flatMap { network in
      try (0..<2).map { member in
        try LearnableNetwork(
          name: "\(network.name).\(member)", group: network.group, graph: network.graph,
          inputs: network.fit.batch(0..<network.fit.count).inputs[0],
          labels: [Int](repeating: 0, count: network.fit.count))
      }
    }
    let first = networks.drawn(seed: 1)
    #expect(first.map(\.name) == networks.drawn(seed: 1).map(\.name))
    #expect(first.map(\.name).sorted() == networks.map(\.name).sorted())
    #expect(Set(first.prefix(3).map(\.group)).count == 3)
    #expect(Set((0..<8).map { networks.drawn(seed: $0)[0].name }).count > 1)
  }

  @Test("a held-out network's halves may change places")
  func halves() throws {
    let network = try ClusterNetworks.trained(1, engine: ReferenceEngine())[0]
    let one = HeldOutSubject(network)
    let other = HeldOutSubject(network, scoringOtherHalf: true)
    func inputs(_ set: ExampleSet) -> [HostTensor] { set.batch(0..<set.count).inputs }
    #expect(inputs(one.fit) == inputs(other.test) && inputs(one.test) == inputs(other.fit))
    #expect(inputs(one.fit) != inputs(one.test))
  }
}
