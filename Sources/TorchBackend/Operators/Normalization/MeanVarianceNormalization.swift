internal import CTorch
internal import PruneCore

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
