internal import PruneCore

/// `Transpose`: reorders axes, reversed by default.
struct Transpose: GraphOperator {
  static let operations = ["Transpose": 1...newestOpset]

  private let order: [Int]?

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("perm")
    try node.requireInputs(1...1)
    order = node.ints("perm")
    if let order, order.sorted() != Array(order.indices) {
      throw node.refusal(of: "perm", "is \(order), expected each axis once")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let rank = try x.rank
    return [try x.permuted(order ?? (0..<rank).reversed())]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule {
    guard let source = facts.dataAxis, let rank = facts.inputShape?.count,
      let target = (order ?? (0..<rank).reversed()).firstIndex(of: source)
    else { return .unprovable("its data does not carry the examples") }
    return .output(.axis(target))
  }
}

/// `DepthToSpace` and `SpaceToDepth`: trades blocks of pixels for channels.
struct DepthToSpace: GraphOperator {
  static let operations = ["DepthToSpace": 1...newestOpset, "SpaceToDepth": 1...newestOpset]

  private enum Order {
    /// Channels count block row, block column, depth.
    case depthLast
    /// Channels count depth, block row, block column.
    case depthFirst
  }

  private let order: Order
  private let toDepth: Bool
  private let block: Int

  init(_ node: NodeReader) throws(EngineError) {
    try node.allowOnly("blocksize", "mode")
    try node.requireInputs(1...1)
    block = node.int("blocksize", default: 0)
    guard (1...4096).contains(block) else {
      throw node.refusal(of: "blocksize", "is \(block), expected 1 to 4096")
    }
    toDepth = node.operation == "SpaceToDepth"
    switch node.string("mode", default: "DCR") {
    case "DCR": order = .depthLast
    case "CRD": order = .depthFirst
    case let mode: throw node.refusal(of: "mode", "'\(mode)' is not supported")
    }
  }

  func run(
    _ inputs: OperatorInputs, in context: ExecutionContext
  ) throws(EngineError) -> [TorchTensor?] {
    let x = try inputs.required(0)
    let shape = try x.shape
    guard shape.count == 4 else {
      throw .misfit("the data has shape \(shape), expected [N, C, H, W]")
    }
    let (count, channels, height, width) = (shape[0], shape[1], shape[2], shape[3])
    let fits =
      toDepth
      ? height % block == 0 && width % block == 0 : channels % (block * block) == 0
    guard fits else { throw .misfit("shape \(shape) does not divide into blocks of \(block)") }
    let depth = channels / (block * block)
    let (split, axes): ([Int], [Int]) =
      switch (toDepth, order) {
      case (false, .depthLast): ([count, block, block, depth, height, width], [0, 3, 4, 1, 5, 2])
      case (false, .depthFirst): ([count, depth, block, block, height, width], [0, 1, 4, 2, 5, 3])
      case (true, _):
        (
          [count, channels, height / block, block, width / block, block],
          order == .depthLast ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]
        )
      }
    let merged =
      toDepth
      ? [count, channels * block * block, height / block, width / block]
      : [count, depth, height * block, width * block]
    return [try x.reshaped(split).permuted(axes).reshaped(merged)]
  }

  func batchRule(_ facts: BatchFacts) -> BatchRule { facts.firstAxis() }
}
