import Foundation
import PruneCore
import TestSupport
import Testing
import TorchBackend

@testable import PruneSurgery

@Suite("Random graphs", .serialized)
struct RandomGraphTests {
  /// `AUTOPRUNE_RANDOM_GRAPHS=10000` runs that many.
  static let count =
    Int(ProcessInfo.processInfo.environment["AUTOPRUNE_RANDOM_GRAPHS"] ?? "") ?? 300
  static let first =
    UInt64(ProcessInfo.processInfo.environment["AUTOPRUNE_RANDOM_FIRST"] ?? "") ?? 0

  @Test("surgery leaves what masking leaves", .tags(.property, .engine))
  func surgeryEqualsMasking() throws {
    let check = SurgeryCheck(engine: try TorchEngine(threads: 1, precision: .float64))
    var (units, removed, untouched, branches) = (0, 0, 0, 0)
    var operations: Set<String> = []
    for seed in Self.first..<Self.first + UInt64(Self.count) {
      let graph = RandomGraph.draw(seed: seed)
      operations.formUnion(graph.nodes.map(\.operation))
      do {
        let outcome = try check.run(graph, fraction: 0.4, seed: seed)
        units += outcome.units
        removed += outcome.removed
        branches += outcome.branches
        untouched += outcome.units == 0 ? 1 : 0
        #expect(outcome.difference < 1e-5, "seed \(seed): \(graph.operationList)")
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
    #expect(operations.count > 10)
    #expect(removed > 10 * Self.count)
    #expect(removed < units)
    #expect(branches > Self.count / 30)
    #expect(untouched < Self.count / 10)
  }
}

extension Graph {
  /// For messages.
  fileprivate var operationList: String {
    "opset \(opset): "
      + nodes.map { node in
        "\(node.operation)(\(node.inputs.joined(separator: " ")))→\(node.outputs[0])"
      }.joined(separator: " ")
  }
}
