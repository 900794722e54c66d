internal import CTorch
internal import PruneCore

/// `LayerNormalization` over all axes from `axis` on.
struct LayerNormalization: GraphOperator {
  static let operations = ["LayerNormalization": 17...newestOpset]

  private let axis: Int
  private let epsilon: Double
  private let givesStatistics: Bool

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "epsilon", "stash_type")
    try node.requireInputs(2...3)
    axis = node.int("axis", default: -1)
    epsilon = node.double("epsilon", default: 1e-5)
    givesStatistics = node.hasOutput(1) || node.hasOutput(2)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    let axis = try axis.axis(ofRank: shape.count)
    let extents = Array(shape[axis...])
    let scale = try inputs.required(1).fitted(to: extents)
    let bias = try inputs[2]?.fitted(to: extents)
    return try shim(
      "LayerNormalization", yielding: givesStatistics ? 3 : 1, keeping: x, scale, bias
    ) {
      ct_layer_normalization(
        $0, givesStatistics ? $0 + 1 : nil, givesStatistics ? $0 + 2 : nil, x.handle, scale.handle,
        bias.handle, Int64(axis), epsilon, $1)
    }
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let rank = facts.inputShape?.count,
      let axis = try? axis.axis(ofRank: rank), source < axis
    else { return .unprovable("it normalises over the examples") }
    return .outputs([BatchAxis](repeating: .axis(source), count: givesStatistics ? 3 : 1))
  }
}

extension TorchTensor {
  /// Tensor broadcast to `extents`; unchanged where it has them already.
  func fitted(to extents: [Int]) throws(EngineError) -> TorchTensor {
    var shape = try shape
    while shape.count > extents.count, shape.first == 1 { shape.removeFirst() }
    if shape == extents { return try self.shape == extents ? self : reshaped(extents) }
    return try reshaped(shape).expanded(to: extents)
  }
}

/// `RMSNormalization` over all axes from `axis` on.
struct RMSNormalization: GraphOperator {
  static let operations = ["RMSNormalization": 23...newestOpset]

  private let axis: Int
  private let epsilon: Double

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "epsilon", "stash_type")
    try node.requireInputs(2...2)
    axis = node.int("axis", default: -1)
    epsilon = node.double("epsilon", default: 1e-5)
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let scale = try inputs.required(1)
    let axis = try axis.axis(ofRank: x.rank)
    return [
      try shim("RMSNormalization", keeping: x, scale) {
        ct_rms_normalization(&$0, x.handle, scale.handle, Int64(axis), epsilon, $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShape?.count, let axis = try? axis.axis(ofRank: rank) else {
      return .unprovable("its rank is unknown")
    }
    return facts.preserving(mixing: Array(axis..<rank))
  }
}

/// `LpNormalization`: divides by the norm along one axis.
struct LpNormalization: GraphOperator {
  static let operations = ["LpNormalization": 1...newestOpset]

  private let axis: Int
  private let order: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axis", "p")
    try node.requireInputs(1...1)
    axis = node.int("axis", default: -1)
    order = node.int("p", default: 2)
    guard order == 1 || order == 2 else {
      throw node.refusal(of: "p", "is \(order), expected 1 or 2")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let axis = try axis.axis(ofRank: x.rank)
    return [
      try shim("LpNormalization", keeping: x) {
        ct_norm_normalization(&$0, x.handle, Int64(order), Int64(axis), $1)
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShape?.count, let axis = try? axis.axis(ofRank: rank) else {
      return .unprovable("its rank is unknown")
    }
    return facts.preserving(mixing: [axis])
  }
}

/// `MeanVarianceNormalization`: zero mean and unit variance over some axes.
struct MeanVarianceNormalization: GraphOperator {
  static let operations = ["MeanVarianceNormalization": 9...newestOpset]

  private let axes: [Int]

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("axes")
    try node.requireInputs(1...1)
    axes = node.ints("axes") ?? [0, 2, 3]
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let axes = try axes.axes(ofRank: x.rank)
    return [
      try shim("MeanVarianceNormalization", keeping: x) { out, message in
        axes.withExtents { ct_standardization(&out, x.handle, $0, message) }
      }
    ]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let rank = facts.inputShape?.count, let axes = try? axes.axes(ofRank: rank) else {
      return .unprovable("its rank is unknown")
    }
    return facts.preserving(mixing: axes)
  }
}
