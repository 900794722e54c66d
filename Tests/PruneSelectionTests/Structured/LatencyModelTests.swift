import PruneCore
import PruneSurgery
import TestSupport
import Testing

@testable import PruneSelection

@Suite("latency model")
struct LatencyModelTests {
  private let graph = TinyModels.mlp([64, 48, 32, 4])

  private func analysis() throws -> CouplingAnalysis {
    let engine = ReferenceEngine()
    return graph.couplingGroups(
      shapes: try engine.shapes(of: engine.prepare(graph), on: [HostTensor.zeros([1, 64])]))
  }

  /// Shapes with so many units of each hidden layer left.
  private func shapes(_ counts: [Int], _ analysis: CouplingAnalysis) -> [String: [Int]] {
    var removed: Set<Int> = []
    for (group, count) in zip(analysis.groups, counts) {
      removed.formUnion(group.units.dropFirst(count).map(\.id))
    }
    return analysis.shapes(removing: removed)
  }

  @Test("finds the law that times were made by, and predicts by it")
  func law() throws {
    let analysis = try analysis()
    func macs(_ counts: [Int]) -> Double {
      Double(64 * counts[0] + counts[0] * counts[1] + counts[1] * 4)
    }
    // 2 µs, 3 ns per multiply–accumulate.
    func seconds(_ counts: [Int]) -> Double { 2e-6 + 3e-9 * macs(counts) }
    let counts = [
      [48, 32], [36, 24], [24, 16], [12, 8], [40, 9], [11, 30], [33, 17], [20, 28],
    ]
    let model = try LatencyModel(
      graph,
      samples: counts.map {
        LatencyModel.Sample(shapes: shapes($0, analysis), seconds: seconds($0))
      })
    #expect(abs(model.coefficients[0] - 2e-6) < 2e-8)
    #expect(abs(model.coefficients[1] - 3e-9) < 3e-11)
    #expect(model.coefficients.allSatisfy { $0 >= 0 })
    for counts in [[5, 5], [47, 3], [1, 32]] {
      let predicted = model.seconds(shapes: shapes(counts, analysis))
      #expect(abs(predicted / seconds(counts) - 1) < 0.01)
    }
  }

  @Test("takes the smallest multiple of units that is as fast as any")
  func alignment() throws {
    let analysis = try analysis()
    let samples = [[48, 32], [24, 16], [12, 8]].map {
      LatencyModel.Sample(shapes: shapes($0, analysis), seconds: 1e-6 * Double($0[0]))
    }
    func found(_ speeds: [Int: Double]) throws -> Int {
      let sample = shapes([48, 32], analysis)
      let macs = Double(64 * 48 + 48 * 32 + 32 * 4)
      return try LatencyModel(
        graph, samples: samples,
        aligned: speeds.map { multiple, speed in
          (multiple, LatencyModel.Sample(shapes: sample, seconds: macs / speed))
        }
      ).alignment.multiple
    }
    #expect(try found([1: 40e9, 4: 43e9, 8: 60e9, 16: 110e9]) == 16)
    #expect(try found([1: 40e9, 4: 41e9, 8: 108e9, 16: 110e9]) == 8)
    #expect(try found([1: 100e9, 4: 104e9, 8: 98e9, 16: 99e9]) == 1)
    #expect(try found([:]) == 1)
  }

  @Test("counts to probe are odd multiples, or all units of a small group")
  func probes() {
    #expect([1, 4, 8, 16].map { LatencyModel.count(near: 64, multiple: $0) } == [51, 44, 40, 48])
    #expect([1, 4, 8, 16].map { LatencyModel.count(near: 16, multiple: $0) } == [11, 12, 8, 16])
    #expect(LatencyModel.count(near: 1, multiple: 1) == 1)
  }

  @Test("what was measured on this machine is predicted to fall as units go")
  func measured() throws {
    let engine = ReferenceEngine()
    let analysis = try analysis()
    let model = try LatencyModel(
      fitting: graph, analysis: analysis, engine: engine, inputs: [HostTensor.zeros([1, 64])])
    #expect(model.coefficients.allSatisfy { $0 >= 0 && $0.isFinite })
    let all = model.seconds(shapes: shapes([48, 32], analysis))
    let few = model.seconds(shapes: shapes([8, 8], analysis))
    #expect(all > 0 && few > 0 && few < all)
  }
}
