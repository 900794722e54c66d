internal import CTorch
public import PruneCore

extension TorchEngine {
  public func run(
    _ program: TorchProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [HostTensor] {
    try recording(false) { () throws(EngineError) in
      switch try execution(of: program, on: inputs) {
      case .once(let steps): return try evaluate(program, steps, inputs)
      case .pieces(let size): return try evaluateInPieces(program, inputs, of: size)
      }
    }
  }

  public func shapes(
    of program: TorchProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [String: [Int]] {
    try recording(false) { () throws(EngineError) in
      let steps: [Step]
      let used: [HostTensor]
      switch try execution(of: program, on: inputs) {
      case .once(let chosen): (steps, used) = (chosen, inputs)
      case .pieces(let size):
        (steps, used) = (program.steps, inputs.map { $0.piece(from: 0, of: size) })
      }
      var result: [String: [Int]] = [:]
      for (name, shape) in zip(program.slots.names, try shapes(program, steps, used))
      where !name.contains("\u{0}") && !name.hasPrefix(Node.hiddenPrefix) {
        result[name] = shape
      }
      return result
    }
  }

  /// Steps for one call's examples: one pass, or pieces of the exported batch size.
  enum Execution {
    case once([Step])
    /// The exported steps, run on this many examples at a time.
    case pieces(of: Int)
  }

  /// Execution for `inputs`; proofs and self-checks are made at the first batch that needs them.
  func execution(
    of program: TorchProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> Execution {
    guard let size = program.exportedBatch, let count = inputs.first?.shape.first, count != size
    else { return .once(program.steps) }
    switch try batching(of: program, on: inputs) {
    case .whole(let plan): return .once(plan.steps)
    case .pieces: return .pieces(of: size)
    }
  }

  /// Batching of the program: the known one, or the one that this first batch proves.
  func batching(
    of program: TorchProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> Batching {
    if let known = program.batching { return known }
    let size = program.exportedBatch ?? 1
    let sample = inputs.map { $0.piece(from: 0, of: size) }
    let found = try recording(false) { () throws(EngineError) in
      let shapes = try shapes(program, program.steps, sample)
      let plan = BatchPlanner(batch: size, shapes: shapes).plan(for: program)
      return try confirmed(plan, of: program, on: inputs, size: size)
    }
    program.batching = found
    return found
  }

  /// Self-check of a plan: two pieces' worth of examples in one pass, compared with piece by piece.
  private func confirmed(
    _ plan: Batching, of program: TorchProgram, on inputs: [HostTensor], size: Int
  ) throws(EngineError) -> Batching {
    guard case .whole(let whole) = plan, let count = inputs.first?.shape.first else { return plan }
    let positions = (0..<2 * size).map { $0 % count }
    let sample = inputs.map { $0.examples(positions) }
    let together: [HostTensor]
    do {
      together = try evaluate(program, whole.steps, sample)
    } catch {
      return .pieces(reason: "a batch fails: \(error)")
    }
    let apart = try evaluateInPieces(program, sample, of: size)
    for (slot, (left, right)) in zip(program.outputSlots, zip(together, apart))
    where whole.axes[slot] != .absent {
      guard left.shape == right.shape, left.agrees(with: right) else {
        return .pieces(reason: "a batch gives other results than its examples alone")
      }
    }
    return plan
  }

  private func shapes(
    _ program: TorchProgram, _ steps: [Step], _ inputs: [HostTensor]
  ) throws(EngineError) -> [[Int]?] {
    let everything = Set(program.slots.names.indices)
    let values = try forward(
      program, steps, try load(inputs, for: program),
      Pass(context: evaluationContext, retained: everything))
    var result: [[Int]?] = []
    for value in values { result.append(try value?.shape) }
    return result
  }

  private func evaluate(
    _ program: TorchProgram, _ steps: [Step], _ inputs: [HostTensor]
  ) throws(EngineError) -> [HostTensor] {
    let loaded = try load(inputs, for: program)
    let pass = Pass(context: evaluationContext, overwrites: true)
    let values = try forward(program, steps, loaded, pass)
    return try outputs(of: program, in: values)
  }

  private func evaluateInPieces(
    _ program: TorchProgram, _ inputs: [HostTensor], of size: Int
  ) throws(EngineError) -> [HostTensor] {
    let count = inputs.first?.shape.first ?? 0
    var pieces: [[HostTensor]] = program.outputSlots.map { _ in [] }
    for start in stride(from: 0, to: count, by: size) {
      let results = try evaluate(
        program, program.steps, inputs.map { $0.piece(from: start, of: size) })
      for (position, result) in results.enumerated() {
        let isCut = count - start < size && result.shape.first == size
        pieces[position].append(isCut ? result.examples(Array(0..<count - start)) : result)
      }
    }
    var joined: [HostTensor] = []
    for (slot, parts) in zip(program.outputSlots, pieces) {
      guard let whole = HostTensor.joined(parts) else {
        throw .failed(
          operation: "run", node: program.slots.names[slot],
          message: "the output's shape differs from example to example; run them one by one")
      }
      joined.append(whole)
    }
    return joined
  }
}

extension TorchProgram {
  /// Number of examples the graph's signature fixes; `nil` where it leaves it open.
  var exportedBatch: Int? {
    guard case .fixed(let count)? = graph.dataInputs.first?.shape?.first, count > 0 else {
      return nil
    }
    return count
  }
}
