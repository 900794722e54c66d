internal import CTorch
internal import PruneCore

extension TorchEngine {
  /// Options of one pass over a program.
  struct Pass {
    var context: ExecutionContext
    /// Seed of dropout; `nil` in evaluation.
    var seed: UInt64?
    /// Slots whose values the caller reads after the pass.
    var retained: Set<Int> = []
    /// `true` where activations may overwrite values that nothing reads later.
    var overwrites = false
  }

  /// Smallest batch whose input is reordered to channels last; below it the reordering costs more
  /// than convolutions gain.
  private static let batchForChannelsLast = 8

  /// Copies inputs to libtorch tensors of their declared types.
  /// - Throws: ``EngineError/wrongInput(name:got:expected:)``.
  func load(
    _ inputs: [HostTensor], for program: TorchProgram
  ) throws(EngineError) -> [TorchTensor] {
    let declared = program.graph.dataInputs
    guard inputs.count == declared.count else {
      throw .wrongInput(
        name: declared.map(\.name).joined(separator: ", "), got: "\(inputs.count) tensors",
        expected: "\(declared.count)")
    }
    var result: [TorchTensor] = []
    for (input, info) in zip(inputs, declared) {
      try validate(input, against: info)
      let loaded = try TorchTensor(input, real: precision.real)
      let type = (info.elementType ?? .float32).shimType(real: precision.real)
      let typed = try loaded.type == type ? loaded : loaded.cast(to: type)
      let reorders =
        program.prefersChannelsLast && input.shape.count == 4
        && input.shape[0] >= Self.batchForChannelsLast
      result.append(
        reorders
          ? try shim("load", keeping: typed) { ct_channels_last(&$0, typed.handle, $1) } : typed)
    }
    return result
  }

  private func validate(_ input: HostTensor, against info: ValueInfo) throws(EngineError) {
    guard let shape = info.shape else { return }
    let fits =
      input.shape.count == shape.count
      && zip(input.shape, shape).dropFirst().allSatisfy { extent, axis in
        if case .fixed(let expected) = axis { extent == expected } else { true }
      } && input.shape.first != 0
    guard fits else {
      throw .wrongInput(
        name: info.name, got: "shape \(input.shape)",
        expected: "\(info.shapeDescription) with any number of examples along axis 0")
    }
  }

  /// Runs steps on loaded inputs.
  /// - Returns: values by slot; all but outputs and retained ones are released on the way.
  func forward(
    _ program: TorchProgram, _ steps: [Step], _ inputs: [TorchTensor], _ pass: Pass
  ) throws(EngineError) -> [TorchTensor?] {
    var values = program.baseline
    for (slot, input) in zip(program.inputSlots, inputs) { values[slot] = input }
    let executor = Executor(
      context: pass.context, seed: pass.seed, retained: pass.retained, overwrites: pass.overwrites)
    try executor.run(steps, on: &values)
    return values
  }

  func outputs(
    of program: TorchProgram, in values: [TorchTensor?]
  ) throws(EngineError) -> [HostTensor] {
    var result: [HostTensor] = []
    for slot in program.outputSlots {
      guard let tensor = values[slot] else {
        throw .failed(
          operation: "run", node: program.slots.names[slot], message: "the output was not computed")
      }
      result.append(try tensor.host())
    }
    return result
  }
}
