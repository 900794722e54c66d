import Foundation
package import PruneCore

/// A two-layer ReLU network `softmax(W₂ relu(W₁ x))` in double precision: just what fitting θ needs of an engine.
package struct ToyEngine: Engine {
  package final class Program {
    package var parameters: [String: HostTensor]
    init(_ parameters: [String: HostTensor]) { self.parameters = parameters }
  }

  /// Every call of ``gradients(of:on:objective:for:)`` from this one on fails; `nil` never.
  package var failsAfterCalls: Int?
  /// Every call of ``setParameters(_:of:)`` after this many of them fails; `nil` never.
  package var failsAfterChanges: Int?
  private let counter = Counter()

  final class Counter {
    var calls = 0
    var changes = 0
  }

  package var gradientCalls: Int { counter.calls }
  package var parameterChanges: Int { counter.changes }
  package var identity: EngineIdentity { EngineIdentity(name: "toy", version: "1", threads: 1) }

  package init(failsAfterCalls: Int? = nil, failsAfterChanges: Int? = nil) {
    self.failsAfterCalls = failsAfterCalls
    self.failsAfterChanges = failsAfterChanges
  }

  package func parameters(of program: Program) throws(EngineError) -> [String: HostTensor] {
    program.parameters
  }

  package func setParameters(
    _ parameters: [String: HostTensor], of program: Program
  ) throws(EngineError) {
    counter.changes += 1
    if let limit = failsAfterChanges, counter.changes > limit { throw unsupported() }
    for (name, tensor) in parameters { program.parameters[name] = tensor }
  }

  package func gradients(
    of program: Program, on batch: Batch, objective: Objective, for parameters: [String]
  ) throws(EngineError) -> (loss: Double, gradients: [String: HostTensor]) {
    counter.calls += 1
    if let limit = failsAfterCalls, counter.calls > limit { throw unsupported() }
    guard let first = program.parameters["w1"], let second = program.parameters["w2"],
      let w1 = first.floats?.map({ Double($0) }), let w2 = second.floats?.map({ Double($0) }),
      let inputs = batch.inputs.first?.floats, case .labels(let labels) = batch.targets
    else { throw unsupported() }
    let (hidden, width, classes) = (first.shape[0], first.shape[1], second.shape[0])
    var loss = 0.0
    var g1 = [Double](repeating: 0, count: w1.count)
    var g2 = [Double](repeating: 0, count: w2.count)
    for (example, label) in labels.enumerated() {
      let x = (0..<width).map { Double(inputs[example * width + $0]) }
      let z = (0..<hidden).map { h in (0..<width).reduce(0.0) { $0 + w1[h * width + $1] * x[$1] } }
      let a = z.map { max($0, 0) }
      let logits = (0..<classes).map { c in
        (0..<hidden).reduce(0.0) { $0 + w2[c * hidden + $1] * a[$1] }
      }
      let largest = logits.max() ?? 0
      let total = logits.reduce(0) { $0 + exp($1 - largest) }
      loss += log(total) + largest - logits[label]
      let error = logits.enumerated().map { exp($1 - largest) / total - ($0 == label ? 1 : 0) }
      for h in 0..<hidden {
        var back = 0.0
        for c in 0..<classes {
          g2[c * hidden + h] += error[c] * a[h]
          back += error[c] * w2[c * hidden + h]
        }
        if z[h] > 0 { for i in 0..<width { g1[h * width + i] += back * x[i] } }
      }
    }
    let count = Double(labels.count)
    let all = ["w1": (g1, first.shape), "w2": (g2, second.shape)]
    var result: [String: HostTensor] = [:]
    for name in parameters {
      guard let (values, shape) = all[name] else { throw .unknownParameter(name) }
      result[name] = HostTensor(values.map { Float($0 / count) }, shape: shape)
    }
    return (loss / count, result)
  }

  package func prepare(_ graph: Graph) throws(EngineError) -> Program { throw unsupported() }
  package func run(_ program: Program, on inputs: [HostTensor]) throws(EngineError) -> [HostTensor]
  {
    throw unsupported()
  }
  package func shapes(
    of program: Program, on inputs: [HostTensor]
  ) throws(EngineError) -> [String: [Int]] { throw unsupported() }
  package func accumulate(
    _ kinds: StatisticKinds, for layers: [PrunableLayer], of program: Program, on batch: Batch,
    objective: Objective, into statistics: inout [LayerStatistics]
  ) throws(EngineError) { throw unsupported() }
  package func accumulateResiduals(
    for layer: PrunableLayer, of program: Program, against reference: Program,
    on inputs: [HostTensor], into moments: inout ResidualMoments
  ) throws(EngineError) { throw unsupported() }
  package func setMasks(_ masks: [String: [Bool]], of program: Program) throws(EngineError) {
    throw unsupported()
  }
  package func train(
    _ program: Program, on batch: Batch, step: TrainingStep
  ) throws(EngineError) -> Double { throw unsupported() }
  package func optimizerState(of program: Program) throws(EngineError) -> [String: HostTensor] {
    [:]
  }
  package func setOptimizerState(
    _ state: [String: HostTensor], of program: Program
  ) throws(EngineError) {}
  package func reestimateNormalization(
    of program: Program, on batches: [[HostTensor]]
  ) throws(EngineError) {}

  private func unsupported() -> EngineError {
    .failed(operation: "toy", node: "toy", message: "not available")
  }
}
