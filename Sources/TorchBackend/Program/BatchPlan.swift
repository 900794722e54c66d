internal import PruneCore

/// Steps that run any number of examples, and the axis along which each value carries them.
struct BatchPlan {
  /// Steps with the replacements that take the exported batch size out of shapes.
  let steps: [Step]
  /// Axis of the examples, by slot.
  let axes: [BatchAxis]
}

/// Way to run a program on other batch sizes than the exported one.
enum Batching {
  /// The whole batch in one pass.
  case whole(BatchPlan)
  /// Pieces of the exported size, because no proof was found or the self-check failed.
  case pieces(reason: String)
}

/// Prover of batching: finds, value by value, the axis of the examples.
struct BatchPlanner {
  /// Exported batch size, in examples.
  let batch: Int
  /// Shapes by slot, from a run with that many examples.
  let shapes: [[Int]?]

  /// Batching of the program; a missing proof gives ``Batching/pieces(reason:)``.
  func plan(for program: TorchProgram) -> Batching {
    var axes = [BatchAxis](repeating: .absent, count: shapes.count)
    for slot in program.inputSlots {
      guard let shape = shapes[slot], shape.first == batch else {
        return .pieces(reason: "not all inputs carry the examples along axis 0")
      }
      axes[slot] = .axis(0)
    }
    var steps: [Step] = []
    for step in program.steps {
      switch advance(step, &axes) {
      case .success(let replaced): steps.append(replaced)
      case .failure(let obstacle):
        return .pieces(reason: "\(step.node.operation) '\(step.node.label)': \(obstacle.reason)")
      }
    }
    for slot in program.outputSlots where axes[slot] != .axis(0) && axes[slot] != .absent {
      return .pieces(reason: "output '\(program.slots.names[slot])' has no examples along axis 0")
    }
    return .whole(BatchPlan(steps: steps, axes: axes))
  }

  private struct Obstacle: Error { let reason: String }

  private func advance(_ step: Step, _ axes: inout [BatchAxis]) -> Result<Step, Obstacle> {
    if step.reads.allSatisfy({ axes[$0] == .absent }) { return .success(step) }
    guard case .call(var call) = step else {
      return .failure(Obstacle(reason: "its branches depend on the examples"))
    }
    let inputs = call.inputs.map { slot in slot.map { axes[$0] } ?? .absent }
    let facts = BatchFacts(
      batch: batch, inputs: inputs,
      inputShapes: call.inputs.map { slot in slot.flatMap { shapes[$0] } },
      outputShapes: call.outputs.map { slot in slot.flatMap { shapes[$0] } })
    switch call.implementation.batchRule(facts) {
    case .outputs(let outputs, let replacement):
      for (slot, axis) in zip(call.outputs, outputs) {
        guard let slot else { continue }
        if case .axis(let position) = axis {
          guard let shape = shapes[slot], position < shape.count, shape[position] == batch else {
            return .failure(Obstacle(reason: "its output has no axis of the batch's extent"))
          }
        }
        axes[slot] = axis
      }
      if let replacement { call.implementation = replacement }
      return .success(.call(call))
    case .unprovable(let reason):
      guard inputs.allSatisfy({ $0 == .absent || $0 == .extent }) else {
        return .failure(Obstacle(reason: reason))
      }
      for case let slot? in call.outputs { axes[slot] = .extent }
      return .success(step)
    }
  }
}
