internal import PruneCore

/// Step of a prepared graph; values are addressed by slot.
indirect enum Step {
  case call(Call)
  case choice(Choice)

  /// An operator call.
  struct Call {
    let node: Node
    var implementation: any GraphOperator
    /// Slots; `nil` for optional inputs and outputs that are omitted.
    let inputs: [Int?]
    let outputs: [Int?]
    /// Slots whose values no later step reads.
    var releases: [Int] = []
    /// See ``ExecutionContext/overwritesInput``.
    var mayOverwriteInput = false
  }

  /// An `If` node: one of two lists of steps.
  struct Choice {
    let node: Node
    let condition: Int
    let whenTrue: Branch
    let whenFalse: Branch
    let outputs: [Int?]
    var releases: [Int] = []
  }

  struct Branch {
    var steps: [Step]
    let results: [Int]
  }

  var node: Node {
    switch self {
    case .call(let call): call.node
    case .choice(let choice): choice.node
    }
  }

  var outputs: [Int?] {
    switch self {
    case .call(let call): call.outputs
    case .choice(let choice): choice.outputs
    }
  }

  /// Slots that the step reads, those of its branches included.
  var reads: [Int] {
    switch self {
    case .call(let call): return call.inputs.compactMap { $0 }
    case .choice(let choice):
      let inner = [choice.whenTrue, choice.whenFalse].flatMap { branch in
        branch.steps.flatMap(\.reads) + branch.results
      }
      return [choice.condition] + inner
    }
  }

  var releases: [Int] {
    get {
      switch self {
      case .call(let call): call.releases
      case .choice(let choice): choice.releases
      }
    }
    set {
      switch self {
      case .call(var call):
        call.releases = newValue
        self = .call(call)
      case .choice(var choice):
        choice.releases = newValue
        self = .choice(choice)
      }
    }
  }
}

/// Marks activations that may overwrite their input, which saves a pass over memory in training.
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
