/// How channels pass through a family of operators.
///
/// A new operator gets a rule here and a line in ``CouplingRules``; without one, its inputs are left alone.
protocol CouplingRule: SendableMetatype {
  /// Operator types of ONNX's own set.
  static var operations: Set<String> { get }

  /// Merges and blocks classes of the inputs.
  /// - Returns: labels per output and axis; fewer than there are outputs leaves the others fixed.
  static func propagate(
    _ view: NodeView, in channels: inout ChannelPropagation
  ) throws(Unprovable) -> [[AxisLabels]]
}

/// Finds the rule of an operator.
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
