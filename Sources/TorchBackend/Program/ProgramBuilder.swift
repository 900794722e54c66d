internal import CTorch
internal import PruneCore

/// Builder of a ``TorchProgram``: checks every node, loads weights, folds constants, plans
/// releases.
struct ProgramBuilder {
  private let graph: Graph
  private let registry: OperatorRegistry
  private let context: ExecutionContext
  private var slots = SlotTable()
  private var baseline: [Int: TorchTensor] = [:]
  /// Slots whose values never change: stored tensors that are not trained, and results folded from
  /// them.
  private var constants: Set<Int> = []
  private var trainable: [TorchProgram.Parameter] = []
  private var runningStatistics: [TorchProgram.Parameter] = []
  private var defined: Set<Int> = []

  init(_ graph: Graph, registry: OperatorRegistry, context: ExecutionContext) {
    self.graph = graph
    self.registry = registry
    self.context = context
  }

  mutating func build() throws(EngineError) -> TorchProgram {
    let stored = graph.parameters()
    try load(stored)
    for input in graph.dataInputs { defined.insert(slots.slot(for: input.name)) }
    let prepared = try prepare(graph.nodes.filter { !isStored($0, in: stored) }, prefix: "")
    var outputSlots: [Int] = []
    for output in graph.outputs {
      guard let slot = slots[output.name], defined.contains(slot) else {
        throw .failed(
          operation: "prepare", node: output.name, message: "no node makes this graph output")
      }
      outputSlots.append(slot)
    }
    var kept = Set(outputSlots)
    if let logits = LogitsSource(of: graph).value, let slot = slots[logits] { kept.insert(slot) }
    let steps = OverwritePlanner.marked(releasing(prepared, keeping: kept))
    return TorchProgram(
      graph: graph, slots: slots, steps: steps,
      baseline: slots.names.indices.map { baseline[$0] }, trainable: trainable,
      runningStatistics: runningStatistics,
      inputSlots: graph.dataInputs.compactMap { slots[$0.name] }, outputSlots: outputSlots)
  }

  private func isStored(_ node: Node, in stored: [String: HostTensor]) -> Bool {
    guard node.operation == "Constant" || node.operation == "ConstantOfShape" else { return false }
    return node.outputs.first.map { stored[$0] != nil } ?? false
  }

  private mutating func load(_ stored: [String: HostTensor]) throws(EngineError) {
    let roles = TrainableParameters(of: graph, stored: stored)
    for name in graph.parameterNames {
      guard let tensor = stored[name], slots[name] == nil else { continue }
      let slot = slots.slot(for: name)
      defined.insert(slot)
      if case .strings = tensor.storage { continue }
      let loaded: TorchTensor
      do {
        loaded = try TorchTensor(tensor, real: context.real)
      } catch {
        throw error.located(at: Node("stored tensor", name: name, inputs: [], outputs: []))
      }
      baseline[slot] = loaded
      let parameter = TorchProgram.Parameter(
        name: name, slot: slot, tensor: loaded, shape: tensor.shape)
      if roles.trainable.contains(name) {
        try check("load") { ct_set_requires_gradient(loaded.handle, true, $0) }
        trainable.append(parameter)
      } else if roles.runningStatistics.contains(name) {
        runningStatistics.append(parameter)
      } else {
        constants.insert(slot)
      }
    }
  }

  // MARK: Nodes

  private mutating func prepare(_ nodes: [Node], prefix: String) throws(EngineError) -> [Step] {
    var steps: [Step] = []
    for node in nodes.map(\.withSequenceOutput) {
      if node.operation == "If", node.domain.isEmpty {
        steps.append(try choice(node, prefix: prefix))
      } else if let call = try call(node, prefix: prefix) {
        steps.append(.call(call))
      }
    }
    return steps
  }

  /// Operator call of a node; `nil` where its results were folded.
  private mutating func call(_ node: Node, prefix: String) throws(EngineError) -> Step.Call? {
    let reader = NodeReader(node: node, opset: graph.opset) { [self] name in
      guard let slot = resolve(name, prefix: prefix), constants.contains(slot) else { return nil }
      return try? baseline[slot]?.host()
    }
    let implementation = try registry.makeOperator(reader)
    let inputs = try inputs(of: node, prefix: prefix)
    let outputs = outputs(of: node, prefix: prefix)
    let call = Step.Call(
      node: node, implementation: implementation, inputs: inputs, outputs: outputs)
    guard inputs.allSatisfy({ $0.map(constants.contains) ?? true }), isFoldable(node) else {
      return call
    }
    try fold(call)
    return nil
  }

  private func isFoldable(_ node: Node) -> Bool {
    !node.operation.hasPrefix("Random") && node.operation != "Bernoulli"
      && node.operation != "Multinomial"
  }

  private mutating func fold(_ call: Step.Call) throws(EngineError) {
    let operands = OperatorInputs(call.inputs.map { slot in slot.flatMap { baseline[$0] } })
    do {
      let results = try recording(false) { () throws(EngineError) in
        try call.implementation.run(operands, in: context)
      }
      for (slot, result) in zip(call.outputs, results) {
        guard let slot else { continue }
        baseline[slot] = result
        constants.insert(slot)
      }
    } catch {
      throw error.located(at: call.node)
    }
  }

  private mutating func choice(_ node: Node, prefix: String) throws(EngineError) -> Step {
    guard let condition = try inputs(of: node, prefix: prefix).first ?? nil,
      let whenTrue = node.graph("then_branch"), let whenFalse = node.graph("else_branch")
    else {
      throw .unsupportedAttribute(
        "then_branch", operation: node.operation, node: node.label, reason: "is missing")
    }
    let label = prefix + node.label
    let first = try branch(whenTrue, prefix: label + "\u{0}then\u{0}")
    let second = try branch(whenFalse, prefix: label + "\u{0}else\u{0}")
    return .choice(
      Step.Choice(
        node: node, condition: condition, whenTrue: first, whenFalse: second,
        outputs: outputs(of: node, prefix: prefix)))
  }

  /// Steps of an `If` branch; its values get prefixed names, and it may read those of outer graphs.
  private mutating func branch(
    _ graph: Graph, prefix: String
  ) throws(EngineError) -> Step.Branch {
    let stored = graph.parameters()
    for (name, tensor) in stored {
      let slot = slots.slot(for: prefix + name)
      baseline[slot] = try TorchTensor(tensor, real: context.real)
      constants.insert(slot)
      defined.insert(slot)
    }
    let steps = try prepare(graph.nodes.filter { !isStored($0, in: stored) }, prefix: prefix)
    var results: [Int] = []
    for output in graph.outputs {
      guard let slot = resolve(output.name, prefix: prefix) else {
        throw .failed(
          operation: "If", node: output.name, message: "no node of the branch makes this output")
      }
      results.append(slot)
    }
    return Step.Branch(steps: steps, results: results)
  }

  private func inputs(of node: Node, prefix: String) throws(EngineError) -> [Int?] {
    var result: [Int?] = []
    for name in node.inputs {
      if name.isEmpty {
        result.append(nil)
        continue
      }
      guard let slot = resolve(name, prefix: prefix) else {
        throw .failed(
          operation: node.operation, node: node.label,
          message: "it reads '\(name)', which nothing before it defines")
      }
      result.append(slot)
    }
    return result
  }

  private mutating func outputs(of node: Node, prefix: String) -> [Int?] {
    node.outputs.map { name in
      if name.isEmpty { return nil }
      let slot = slots.slot(for: prefix + name)
      defined.insert(slot)
      return slot
    }
  }

  /// Slot of a name's innermost definition.
  private func resolve(_ name: String, prefix: String) -> Int? {
    var scopes = prefix.split(separator: "\u{0}").map(String.init)
    while true {
      let qualified = scopes.map { $0 + "\u{0}" }.joined() + name
      if let slot = slots[qualified], defined.contains(slot) { return slot }
      if scopes.isEmpty { return nil }
      scopes.removeLast()
    }
  }

  // MARK: Releases

  private func releasing(_ steps: [Step], keeping kept: Set<Int>) -> [Step] {
    var steps = steps
    var seen = kept.union(baseline.keys)
    for index in steps.indices.reversed() {
      let step = steps[index]
      let last = Set(step.reads + step.outputs.compactMap { $0 }).subtracting(seen)
      steps[index].releases = last.sorted()
      seen.formUnion(last)
    }
    return steps
  }
}
