import PruneCore

/// All values of one forward pass, and the gradients of those that the loss depends on.
struct ReferencePass {
  var values: [String: HostTensor]
  var gradients: [String: [Float]]
  var loss: Double
}

extension ReferenceEngine {
  func values(
    of program: ReferenceProgram, on inputs: [HostTensor]
  ) throws(EngineError) -> [String: HostTensor] {
    let wanted = program.graph.dataInputs
    guard inputs.count == wanted.count else {
      throw .wrongInput(
        name: wanted.first?.name ?? "", got: "\(inputs.count) inputs", expected: "\(wanted.count)")
    }
    var values = program.parameters
    for (info, tensor) in zip(wanted, inputs) {
      guard matches(info, tensor.shape) else {
        throw .wrongInput(
          name: info.name, got: "shape \(tensor.shape)", expected: info.shapeDescription)
      }
      values[info.name] = tensor
    }
    for node in program.graph.nodes where node.operation != "Constant" {
      var operands: [HostTensor] = []
      for name in node.inputs where !name.isEmpty {
        guard let value = values[name] else {
          throw .failed(
            operation: node.operation, node: node.label, message: "'\(name)' is not defined")
        }
        operands.append(value)
      }
      if let output = node.outputs.first {
        values[output] = try ReferenceOperator(node: node).forward(operands)
      }
    }
    return values
  }

  /// The first axis holds examples and may have any extent.
  private func matches(_ info: ValueInfo, _ shape: [Int]) -> Bool {
    guard let wanted = info.shape else { return true }
    return wanted.count == shape.count
      && zip(wanted, shape).dropFirst().allSatisfy { axis, extent in
        if case .fixed(let fixed) = axis { fixed == extent } else { true }
      }
  }

  func differentiate(
    _ program: ReferenceProgram, on batch: Batch, objective: Objective
  ) throws(EngineError) -> ReferencePass {
    let values = try values(of: program, on: batch.inputs)
    let nodes = program.graph.nodes
    var name = program.graph.outputs.first?.name ?? ""
    if objective != .meanSquaredError,
      let last = nodes.first(where: { $0.outputs.first == name }), last.operation == "Softmax"
    {
      name = last.inputs.first ?? name
    }
    guard let output = values[name] else {
      throw .failed(operation: "loss", node: name, message: "the graph has no output")
    }
    let (loss, gradient) = try ReferenceLoss(objective: objective).value(output, batch: batch)
    var gradients = [name: gradient]
    for node in nodes.reversed() where node.operation != "Constant" {
      guard let outputName = node.outputs.first, let upstream = gradients[outputName],
        let output = values[outputName]
      else { continue }
      let inputs = node.inputs.filter { !$0.isEmpty }
      let computed = ReferenceOperator(node: node).backward(
        inputs.compactMap { values[$0] }, output: output, gradient: upstream)
      for (input, gradient) in zip(inputs, computed) {
        guard let gradient else { continue }
        if let known = gradients[input] {
          gradients[input] = known.indices.map { known[$0] + gradient[$0] }
        } else {
          gradients[input] = gradient
        }
      }
    }
    return ReferencePass(values: values, gradients: gradients, loss: loss)
  }
}
