internal import PruneCore

/// Finds activations that may overwrite their input, which saves a pass over memory in training.
enum OverwritePlanner {
  /// Operators with a fresh result that their own backward pass does not need.
  private static let producers: Set<String> = [
    "Conv", "Gemm", "MatMul", "Add", "BatchNormalization",
  ]

  static func marked(_ steps: [Step]) -> [Step] {
    var origins: [Int: String] = [:]
    var readers: [Int: Int] = [:]
    for step in steps {
      for slot in step.reads { readers[slot, default: 0] += 1 }
      for case let slot? in step.outputs { origins[slot] = step.node.operation }
    }
    return steps.map { step in
      guard case .call(var call) = step, call.node.operation == "Relu",
        let input = call.inputs.first ?? nil, readers[input] == 1, call.releases.contains(input),
        let origin = origins[input], producers.contains(origin)
      else { return step }
      call.mayOverwriteInput = true
      return .call(call)
    }
  }
}
