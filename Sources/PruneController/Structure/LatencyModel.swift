import GSLNumerics
package import PruneCore
import PruneData
package import PruneSurgery

/// Time of a forward pass on this machine by the shapes of a graph's values: a constant, a part per
/// multiply–accumulate and a part per number that a node puts out.
///
/// Fitted to the network at hand with various shares of its units cut out, each measured; errors count
/// relative to the time.
package struct LatencyModel: Sendable {
  /// Seconds: constant, per multiply–accumulate, per number put out.
  package let coefficients: [Double]
  private let counter: MACCounter
  private let values: [String]

  /// - Parameter inputs: of one example or a batch, as the network will get them.
  package init<E: Engine>(
    fitting graph: Graph, analysis: CouplingAnalysis, engine: E, inputs: [HostTensor]
  ) throws {
    counter = MACCounter(graph)
    values = graph.nodes.flatMap(\.outputs).filter { !$0.isEmpty }
    let surgery = GraphSurgery(analysis)
    var rows: [[Double]] = []
    var seconds: [Double] = []
    for shares in Self.shares(groups: analysis.groups.count) {
      var removal = UnitRemoval(analysis)
      for (group, share) in zip(analysis.groups, shares) {
        for unit in group.units.prefix(Int(share * Double(group.units.count)))
        where removal.canRemove(unit.id) { removal.remove(unit.id) }
      }
      let program = try engine.prepare(try surgery.remove(removal.removed, from: graph))
      seconds.append(
        try LatencyMeter.brief.latency(of: program, on: inputs, with: engine).medianSeconds)
      rows.append(
        Self.features(analysis.shapes(removing: removal.removed), counter: counter, values: values))
    }
    coefficients = try LeastSquares.nonnegative(
      rows: zip(rows, seconds).map { row, time in row.map { $0 / max(time, 1e-9) } },
      targets: [Double](repeating: 1, count: rows.count))
  }

  package func seconds(shapes: [String: [Int]]) -> Double {
    zip(coefficients, Self.features(shapes, counter: counter, values: values)).reduce(0) {
      $0 + $1.0 * $1.1
    }
  }

  private static func features(
    _ shapes: [String: [Int]], counter: MACCounter, values: [String]
  ) -> [Double] {
    let macs = counter.macs(shapes: shapes).values.reduce(0, +)
    let numbers = values.reduce(0) { $0 + (shapes[$1]?.reduce(1, *) ?? 0) }
    return [1, Double(macs), Double(numbers)]
  }

  /// Even shares, and shares drawn for each group.
  private static func shares(groups: Int) -> [[Double]] {
    var generator = SeededGenerator(seed: 0, stream: "latency")
    let even = [0, 0.25, 0.5, 0.75].map { [Double](repeating: $0, count: groups) }
    let drawn = (0..<4).map { _ in (0..<groups).map { _ in 0.8 * generator.uniform() } }
    return even + drawn
  }
}
