import GSLNumerics
package import PruneCore
import PruneData
import PruneSupport
package import PruneSurgery
import PruneTraining

/// Model of the latency on this machine by the shapes of a graph's values: a constant, a time per
/// multiply–accumulate and a time per element that a node outputs.
///
/// Fitted to measured latencies of the network with various shares of its units cut out, by relative
/// errors.
package struct LatencyModel: Sendable {
  /// Measured latency of the network with some units cut out.
  struct Sample {
    /// Shape of every value, as of ``PruneSurgery/CouplingAnalysis/shapes(removing:)``.
    let shapes: [String: [Int]]
    let seconds: Double
  }

  /// Seconds: constant, per multiply–accumulate, per output element.
  package let coefficients: [Double]
  /// Alignment of unit numbers at which the machine is about as fast per multiply–accumulate as at any other.
  let alignment: UnitAlignment
  private let counter: MACCounter
  private let values: [String]

  /// Measures a graph with various units cut out and fits the model.
  ///
  /// - Parameter inputs: inputs of one example or a batch, as the network will get them.
  package init<E: InferenceEngine>(
    fitting graph: Graph, analysis: CouplingAnalysis, engine: E, inputs: [HostTensor]
  ) throws {
    let surgery = GraphSurgery(analysis)
    func sample(leaving counts: [Int]) throws -> Sample {
      var removal = UnitRemoval(analysis)
      for (group, count) in zip(analysis.groups, counts) {
        for unit in group.units.prefix(max(0, group.units.count - count))
        where removal.canRemove(unit.id) { removal.remove(unit.id) }
      }
      let program = try engine.prepare(try surgery.remove(removal.removed, from: graph))
      return Sample(
        shapes: analysis.shapes(removing: removal.removed),
        seconds: try LatencyMeter.brief.latency(of: program, on: inputs, with: engine)
          .medianSeconds)
    }
    let counts = analysis.groups.map(\.units.count)
    let samples = try Self.shares(groups: counts.count).map { shares in
      try sample(leaving: zip(counts, shares).map { $0 - Int($1 * Double($0)) })
    }
    let aligned = try Self.multiples.map { multiple in
      (multiple, try sample(leaving: counts.map { Self.count(near: $0, multiple: multiple) }))
    }
    try self.init(graph, samples: samples, aligned: aligned)
  }

  /// Fits the model.
  ///
  /// - Parameters:
  ///   - samples: samples to fit to, at least three.
  ///   - aligned: samples whose groups keep a multiple of a number of units, and not of twice that number; may be
  ///     empty.
  init(_ graph: Graph, samples: [Sample], aligned: [(multiple: Int, sample: Sample)] = []) throws {
    let counter = MACCounter(graph)
    let values = graph.nodes.flatMap(\.outputs).filter { !$0.isEmpty }
    func features(_ sample: Sample) -> [Double] {
      Self.features(sample.shapes, counter: counter, values: values)
    }
    coefficients = try LeastSquares.nonnegative(
      rows: samples.map { sample in features(sample).map { $0 / max(sample.seconds, 1e-9) } },
      targets: [Double](repeating: 1, count: samples.count))
    let speeds = aligned.map {
      ($0.multiple, features($0.sample)[1] / max($0.sample.seconds, 1e-9))
    }
    let best = speeds.map(\.1).max() ?? 0
    alignment = UnitAlignment(
      multiple: speeds.sorted { $0.0 < $1.0 }.first { $0.1 >= Self.fast * best }?.0 ?? 1)
    self.counter = counter
    self.values = values
  }

  /// Predicted seconds of a forward pass.
  package func seconds(shapes: [String: [Int]]) -> Double {
    zip(coefficients, Self.features(shapes, counter: counter, values: values)).reduce(0) {
      $0 + $1.0 * $1.1
    }
  }

  /// Factors of the coefficients: 1, multiply–accumulates, output elements.
  private static func features(
    _ shapes: [String: [Int]], counter: MACCounter, values: [String]
  ) -> [Double] {
    let macs = counter.macs(shapes: shapes).values.reduce(0, +)
    let numbers = values.reduce(0) { $0 + (shapes[$1]?.reduce(1, *) ?? 0) }
    return [1, Double(macs), Double(numbers)]
  }

  /// Shares of units to cut out, `[samples][groups]`: even ones, and ones drawn for each group up to 0.8; chosen by
  /// hand.
  private static func shares(groups: Int) -> [[Double]] {
    var generator = SeededGenerator(seed: 0, stream: "latency")
    let even = [0, 0.25, 0.5, 0.75].map { [Double](repeating: $0, count: groups) }
    let drawn = (0..<4).map { _ in (0..<groups).map { _ in 0.8 * generator.uniform() } }
    return even + drawn
  }

  /// Number of units to keep, about four fifths of a group: an odd multiple where the group is large enough, else all.
  static func count(near count: Int, multiple: Int) -> Int {
    let wanted = (4 * count / 5) / multiple
    let odd = wanted.isMultiple(of: 2) ? wanted - 1 : wanted
    return odd > 0 ? odd * multiple : count
  }

  /// Alignments to measure, chosen by hand.
  private static var multiples: [Int] { [1, 4, 8, 16] }
  /// Share of the highest speed that counts as equal; chosen by hand.
  private static var fast: Double { 0.85 }
}
