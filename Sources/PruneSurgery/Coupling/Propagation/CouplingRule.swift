import PruneCore

/// Propagation of channels through a family of operators.
///
/// A new operator gets a rule here and a line in ``CouplingRules``; without one, its inputs are left alone.
protocol CouplingRule: SendableMetatype {
  /// Operator types of ONNX's own set.
  static var operations: Set<String> { get }

  /// Merges and blocks classes of the inputs.
  ///
  /// - Returns: labels per output and axis; fewer than there are outputs leaves the others fixed.
  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]]
}

/// Table of the rules by operator type.
enum CouplingRules {
  private static let all: [any CouplingRule.Type] = [
    AxisReductionRule.self, BatchNormalizationRule.self, BroadcastRule.self, CastLikeRule.self,
    ChannelWindowRule.self, ConcatRule.self, ConvolutionRule.self, DepthToSpaceRule.self,
    EinsumRule.self, ElementwiseRule.self, ExpandRule.self, ExtremeIndexRule.self, FillRule.self,
    FlattenRule.self, GatherRule.self, GeneralMatrixMultiplyRule.self, GlobalPoolRule.self,
    GroupNormalizationRule.self, InstanceNormalizationRule.self, LayerNormalizationRule.self,
    MatrixMultiplyRule.self, PadRule.self, PoolRule.self, RecurrenceRule.self, ReshapeRule.self,
    ResizeRule.self, SliceRule.self, SoftmaxRule.self, SplitRule.self, SqueezeRule.self,
    TileRule.self, TransposeRule.self, TransposedConvolutionRule.self, TriangleRule.self,
    UnsqueezeRule.self, WholeAxisRule.self,
  ]

  static let byOperation: [String: any CouplingRule.Type] = {
    var table: [String: any CouplingRule.Type] = [:]
    for rule in all { for operation in rule.operations { table[operation] = rule } }
    return table
  }()
}

/// One node with its inputs' labels and its outputs' shapes, as a rule sees it.
struct NodeView {
  let node: Node
  /// Position of the node in the graph.
  let index: Int
  let opset: Int
  /// Inputs; `nil` where an optional one is left out.
  let inputs: [TrackedValue?]
  /// Shapes of the outputs; `nil` where one is left out or its shape is not known.
  let outputShapes: [[Int]?]

  func input(_ position: Int) throws(Unprovable) -> TrackedValue {
    guard position < inputs.count, let value = inputs[position] else {
      throw Unprovable("has no input \(position)")
    }
    return value
  }

  func optionalInput(_ position: Int) -> TrackedValue? {
    position < inputs.count ? inputs[position] : nil
  }

  func outputShape(_ position: Int = 0) throws(Unprovable) -> [Int] {
    guard position < outputShapes.count, let shape = outputShapes[position] else {
      throw Unprovable("has an output of unknown shape")
    }
    return shape
  }

  /// Position of an axis, which counts from the end where negative.
  func axis(_ axis: Int, rank: Int) throws(Unprovable) -> Int {
    let position = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(position) else {
      throw Unprovable("names axis \(axis) of a value of rank \(rank)")
    }
    return position
  }

  func blockage(_ reason: String) -> Blockage {
    Blockage(node: node.label, operation: node.operation, reason: reason)
  }

  /// Labels of axes none of which may change.
  func fixed(_ rank: Int, _ reason: String = "computes it") -> [AxisLabels] {
    Array(repeating: .fixed(blockage(reason)), count: rank)
  }
}

/// Thrown by a rule that cannot prove how channels pass a node.
struct Unprovable: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
