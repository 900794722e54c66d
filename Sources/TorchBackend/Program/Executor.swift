internal import CTorch
internal import PruneCore

/// Interpreter of steps over a table of values, indexed by slot.
struct Executor {
  var context: ExecutionContext
  /// Seed of dropout; `nil` in evaluation.
  var seed: UInt64?
  /// Slots that are not released after their last use.
  var retained: Set<Int> = []
  /// `true` where values may be overwritten after their last use; `false` where the caller reads them
  /// later.
  var overwrites = false

  func run(_ steps: [Step], on values: inout [TorchTensor?]) throws(EngineError) {
    for (index, step) in steps.enumerated() {
      do {
        switch step {
        case .call(let call): try run(call, index: index, on: &values)
        case .choice(let choice): try run(choice, on: &values)
        }
      } catch {
        throw error.located(at: step.node)
      }
      for slot in step.releases where !retained.contains(slot) { values[slot] = nil }
    }
  }

  private func run(
    _ call: Step.Call, index: Int, on values: inout [TorchTensor?]
  ) throws(EngineError) {
    var context = context
    // The shim's generator mixes its seed, so consecutive seeds give unrelated numbers.
    context.dropoutSeed = seed.map { $0 &+ UInt64(index) &* 0xD134_2543_DE82_EF95 }
    context.overwritesInput = overwrites && call.mayOverwriteInput
    let inputs = OperatorInputs(call.inputs.map { slot in slot.flatMap { values[$0] } })
    let results = try call.implementation.run(inputs, in: context)
    for (slot, result) in zip(call.outputs, results) {
      if let slot { values[slot] = result }
    }
  }

  private func run(
    _ choice: Step.Choice, on values: inout [TorchTensor?]
  ) throws(EngineError) {
    guard let condition = try values[choice.condition]?.integers(), condition.count == 1 else {
      throw .failed(operation: "", node: "", message: "the condition is not one truth value")
    }
    let branch = condition[0] != 0 ? choice.whenTrue : choice.whenFalse
    try run(branch.steps, on: &values)
    for (slot, result) in zip(choice.outputs, branch.results) {
      if let slot { values[slot] = values[result] }
    }
  }
}

/// Runs `body` with or without recording for differentiation, on this thread only.
func recording<Result>(
  _ isOn: Bool, _ body: () throws(EngineError) -> Result
) throws(EngineError) -> Result {
  let before = ct_set_recording(isOn)
  defer { _ = ct_set_recording(before) }
  return try body()
}
