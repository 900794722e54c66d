internal import CTorch
internal import PruneCore

/// `Gather`: slices along one axis chosen by indices, as in an embedding.
struct Gather: GraphOperator {
  static let operations = ["Gather": 1...newestOpset]

  private let axis: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(2...2)
    axis = node.int("axis", default: 0)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let indices = try inputs.required(1)
    let axis = try axis.axis(ofRank: x.rank)
    return [
      try shim("Gather", keeping: x, indices) {
        ct_gather(&$0, x.handle, indices.handle, Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard facts.inputs.count == 2, let data = facts.inputShapes[0],
      let indices = facts.inputShapes[1],
      let axis = try? axis.axis(ofRank: data.count)
    else { return .unprovable("its shapes are unknown") }
    switch (facts.inputs[0], facts.inputs[1]) {
    case (.absent, .axis(let source)): return .output(.axis(axis + source))
    case (.axis(let source), .absent) where source < axis: return .output(.axis(source))
    case (.axis(let source), .absent) where source > axis:
      return .output(.axis(source + indices.count - 1))
    default: return .unprovable("it picks among the examples")
    }
  }
}

/// `GatherElements`: one element along an axis for each index.
struct GatherElements: GraphOperator {
  static let operations = ["GatherElements": 11...newestOpset]

  private let axis: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis")
    try node.requireInputs(2...2)
    axis = node.int("axis", default: 0)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let indices = try inputs.required(1)
    let axis = try axis.axis(ofRank: x.rank)
    return [
      try shim("GatherElements", keeping: x, indices) {
        ct_gather_elements(&$0, x.handle, indices.handle, Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let shape = facts.inputShape, let axis = try? axis.axis(ofRank: shape.count),
      case .axis(let source) = facts.inputs[0], facts.inputs[1] == .axis(source), source != axis
    else { return .unprovable("it picks among the examples") }
    return .output(.axis(source))
  }
}

/// `GatherND`: slices chosen by rows of indices.
struct GatherND: GraphOperator {
  static let operations = ["GatherND": 11...newestOpset]

  private let batchAxes: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("batch_dims")
    try node.requireInputs(2...2)
    batchAxes = node.int("batch_dims", default: 0)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let indices = try inputs.required(1)
    return [
      try shim("GatherND", keeping: x, indices) {
        ct_gather_nd(&$0, x.handle, indices.handle, Int64(batchAxes), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard facts.inputs.count == 2, let rank = facts.inputShapes[1]?.count else {
      return .unprovable("its shapes are unknown")
    }
    switch (facts.inputs[0], facts.inputs[1]) {
    case (.absent, .axis(let source)) where batchAxes == 0 && source < rank - 1:
      return .output(.axis(source))
    case (.axis(let source), .axis(let same)) where source == same && source < batchAxes:
      return .output(.axis(source))
    default: return .unprovable("it picks among the examples")
    }
  }
}

/// `ScatterElements` (once `Scatter`) and `ScatterND`: writes updates at indices.
struct Scatter: GraphOperator {
  static let operations = [
    "Scatter": 9...10, "ScatterElements": 11...newestOpset, "ScatterND": 11...newestOpset,
  ]

  private static let kinds: [String: ct_scatter_kind] = [
    "none": CT_SCATTER_REPLACE, "add": CT_SCATTER_ADD, "mul": CT_SCATTER_MULTIPLY,
    "max": CT_SCATTER_MAXIMUM, "min": CT_SCATTER_MINIMUM,
  ]

  private let kind: ct_scatter_kind
  /// Axis of `ScatterElements`; `nil` for `ScatterND`.
  private let axis: Int?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "reduction")
    try node.requireInputs(3...3)
    let reduction = node.string("reduction", default: "none")
    guard let kind = Self.kinds[reduction] else {
      throw node.refusal(of: "reduction", "'\(reduction)' is not supported")
    }
    self.kind = kind
    axis = node.operation == "ScatterND" ? nil : node.int("axis", default: 0)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let indices = try inputs.required(1)
    let updates = try inputs.required(2)
    guard let axis else {
      return [
        try shim("ScatterND", keeping: x, indices, updates) {
          ct_scatter_nd(&$0, kind, x.handle, indices.handle, updates.handle, $1)
        }
      ]
    }
    let position = try axis.axis(ofRank: x.rank)
    return [
      try shim("ScatterElements", keeping: x, indices, updates) {
        ct_scatter_elements(
          &$0, kind, x.handle, indices.handle, updates.handle, Int64(position), $1)
      }
    ]
  }
}
