import ONNXFormat
import PruneCore
import PruneSupport
import Testing
import TorchBackend

@testable import PruneSurgery

/// Cuts drawn units out of a graph and compares it with the masked one.
struct SurgeryCheck {
  struct Outcome {
    var units = 0
    var removed = 0
    /// Residual branches that went whole.
    var branches = 0
    /// Largest difference of an output, relative to the largest output.
    var difference = 0.0
    var macs = (before: 0, after: 0)
  }

  let engine: TorchEngine

  /// - Parameters:
  ///   - fraction: of the units to remove.
  ///   - examples: in the batch that is compared.
  func run(
    _ graph: Graph, fraction: Double, examples: Int = 2, seed: UInt64
  ) throws -> Outcome {
    let program = try engine.prepare(graph)
    let shapes = try engine.shapes(of: program, on: inputs(of: graph, examples: 1, seed: seed))
    let analysis = graph.couplingGroups(shapes: shapes)
    var random = SeededGenerator(seed: seed, stream: "units")
    let units = analysis.groups.flatMap(\.units).map(\.id)
    var removed = Set(units.filter { _ in random.uniform() < fraction })
    var outcome = Outcome(units: units.count)
    for branch in analysis.branches where random.uniform() < fraction {
      removed.formUnion(branch.units)
    }
    let inside = Set(analysis.branches(removing: removed).flatMap(\.units))
    for axis in analysis.required
    where axis.allSatisfy(removed.contains) && !axis.allSatisfy(inside.contains) {
      removed.remove(axis[Int(random.uniform() * Double(axis.count))])
    }
    outcome.removed = removed.count
    outcome.branches = analysis.branches(removing: removed).count
    let small = try GraphSurgery(analysis).remove(removed, from: graph)
    let reloaded = try ONNXReader().read(try ONNXWriter().encode(small))
    let batch = inputs(of: graph, examples: examples, seed: seed)
    let masked = try engine.run(
      try engine.prepare(try analysis.masking(removed, in: graph)), on: batch)
    let smallProgram = try engine.prepare(reloaded)
    outcome.difference = Self.difference(try engine.run(smallProgram, on: batch), masked)
    let predicted = analysis.shapes(removing: removed)
    let found = try engine.shapes(
      of: smallProgram, on: inputs(of: graph, examples: 1, seed: seed))
    for (name, shape) in found where predicted[name] != nil {
      #expect(predicted[name] == shape, "shape of \(name)")
    }
    outcome.macs.before = MACCounter(graph).macs(shapes: shapes).values.reduce(0, +)
    outcome.macs.after = MACCounter(reloaded).macs(shapes: found).values.reduce(0, +)
    let expected = MACCounter(graph).macs(shapes: predicted).values.reduce(0, +)
    // Layers of a branch whose outputs no unit names go with it.
    #expect(outcome.branches == 0 ? outcome.macs.after == expected : outcome.macs.after <= expected)
    return outcome
  }

  func inputs(of graph: Graph, examples: Int, seed: UInt64) -> [HostTensor] {
    var random = SeededGenerator(seed: seed, stream: "inputs")
    return graph.dataInputs.map { info in
      let shape = (info.shape ?? []).enumerated().map { axis, dimension in
        if axis > 0, case .fixed(let extent) = dimension {
          extent
        } else {
          axis == 0 ? examples : 1
        }
      }
      let count = HostTensor.elementCount(of: shape)
      return HostTensor((0..<count).map { _ in Float(random.uniform() * 2 - 1) }, shape: shape)
    }
  }

  static func difference(_ left: [HostTensor], _ right: [HostTensor]) -> Double {
    guard left.count == right.count else { return .infinity }
    var worst = 0.0
    for (one, other) in zip(left, right) {
      guard one.shape == other.shape, let first = one.floats, let second = other.floats else {
        return .infinity
      }
      let scale = second.reduce(Float(1e-3)) { max($0, $1.magnitude) }
      for (a, b) in zip(first, second) where a != b && !(a.isNaN && b.isNaN) {
        let gap = Double((a - b).magnitude / scale)
        worst = gap.isNaN ? .infinity : max(worst, gap)
      }
    }
    return worst
  }
}
