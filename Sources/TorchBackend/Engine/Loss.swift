internal import CTorch
internal import PruneCore

/// Computes an ``Objective`` from the values of one pass.
struct Loss {
  let program: TorchProgram
  let objective: Objective
  let real: RealType

  /// Loss of the pass: the mean over the batch, one element.
  /// - Throws: ``EngineError/wrongTargets(got:expected:)``.
  func value(_ values: [TorchTensor?], batch: Batch) throws(EngineError) -> TorchTensor {
    switch objective {
    case .crossEntropy(let smoothing):
      let logits = try logits(values, labelCount: labels(of: batch)?.count)
      guard let labels = labels(of: batch) else {
        throw .wrongTargets(got: name(of: batch), expected: "labels for cross-entropy")
      }
      return try crossEntropy(logits, labels, smoothing: smoothing)
    case .meanSquaredError:
      return try meanSquaredError(values, batch)
    case .distillation(let temperature, let labelWeight):
      return try distillation(
        values, batch, temperature: temperature, labelWeight: labelWeight)
    }
  }

  private func labels(of batch: Batch) -> [Int]? {
    if case .labels(let labels) = batch.targets { labels } else { nil }
  }

  private func name(of batch: Batch) -> String {
    switch batch.targets {
    case .labels(let labels): "\(labels.count) labels"
    case .values(let tensor): "values of shape \(tensor.shape)"
    case .none: "absent"
    }
  }

  /// Logits as `[rows, classes]`: one row per example, or per position of `[N, T, classes]`.
  private func logits(
    _ values: [TorchTensor?], labelCount: Int?
  ) throws(EngineError) -> TorchTensor {
    guard let name = program.logits.value, let slot = program.slots[name],
      let tensor = values[slot]
    else {
      throw .failed(operation: "loss", node: "", message: "the graph has no output")
    }
    let shape = try tensor.shape
    guard shape.count != 2 else { return tensor }
    if shape.count < 2 { return try tensor.reshaped([1, shape.first ?? 1]) }
    let isOnePosition = shape.dropFirst(2).allSatisfy { $0 == 1 }
    let isPerExample = isOnePosition && labelCount ?? shape[0] == shape[0]
    return try tensor.reshaped(
      isPerExample
        ? [shape[0], shape[1]] : [shape.dropLast().reduce(1, *), shape[shape.count - 1]])
  }

  private func crossEntropy(
    _ logits: TorchTensor, _ labels: [Int], smoothing: Float
  ) throws(EngineError) -> TorchTensor {
    let shape = try logits.shape
    guard labels.count == shape[0] else {
      throw .wrongTargets(got: "\(labels.count) labels", expected: "\(shape[0])")
    }
    if let wrong = labels.first(where: { !(0..<shape[1]).contains($0) }) {
      throw .wrongTargets(got: "label \(wrong)", expected: "0 ..< \(shape[1])")
    }
    let classes = try TorchTensor(
      labels.map { Int64($0) }, type: CT_INT64, shape: [labels.count])
    return try shim("cross-entropy", keeping: logits, classes) {
      ct_cross_entropy(&$0, logits.handle, classes.handle, Double(smoothing), $1)
    }
  }

  private func meanSquaredError(
    _ values: [TorchTensor?], _ batch: Batch
  ) throws(EngineError) -> TorchTensor {
    guard let slot = program.outputSlots.first, let output = values[slot] else {
      throw .failed(operation: "loss", node: "", message: "the graph has no output")
    }
    let wanted: HostTensor
    if case .values(let stated) = batch.targets {
      wanted = stated
    } else if let teacherOutputs = batch.teacher?.first {
      wanted = teacherOutputs
    } else {
      throw .wrongTargets(got: name(of: batch), expected: "values or a teacher's outputs")
    }
    let shape = try output.shape
    guard wanted.count == HostTensor.elementCount(of: shape) else {
      throw .wrongTargets(got: "values of shape \(wanted.shape)", expected: "\(shape)")
    }
    let target = try TorchTensor(wanted, real: real)
    return try shim("mean squared error", keeping: output, target) {
      ct_mean_squared_error(&$0, output.handle, target.handle, $1)
    }
  }

  private func distillation(
    _ values: [TorchTensor?], _ batch: Batch, temperature: Float, labelWeight: Float
  ) throws(EngineError) -> TorchTensor {
    guard let teacherOutputs = batch.teacher?.first else {
      throw .wrongTargets(got: "no teacher's outputs", expected: "them, for distillation")
    }
    let labels = labels(of: batch)
    let logits = try logits(values, labelCount: labels?.count)
    guard teacherOutputs.count == HostTensor.elementCount(of: try logits.shape) else {
      throw .wrongTargets(
        got: "a teacher's outputs of shape \(teacherOutputs.shape)", expected: "\(try logits.shape)"
      )
    }
    let teacher = try TorchTensor(teacherOutputs, real: real)
    let divergence = try shim("distillation", keeping: logits, teacher) {
      ct_distillation(
        &$0, logits.handle, teacher.handle, Double(temperature), program.logits.precedesSoftmax, $1)
    }
    guard let labels, labelWeight != 0 else { return divergence }
    let entropy = try crossEntropy(logits, labels, smoothing: 0)
    return try shim("distillation", keeping: divergence, entropy) {
      ct_add_scaled(&$0, divergence.handle, entropy.handle, Double(labelWeight), $1)
    }
  }

  /// Slots that must survive the pass.
  var slots: Set<Int> {
    let logits = program.logits.value.flatMap { program.slots[$0] }
    return Set(program.outputSlots).union([logits].compactMap { $0 })
  }
}
