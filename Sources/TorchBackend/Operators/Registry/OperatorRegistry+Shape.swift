extension OperatorRegistry {
  /// Operators that move elements.
  static var shapeOperators: [any GraphOperator.Type] {
    [
      Concat.self, DepthToSpace.self, Expand.self, EyeLike.self, Flatten.self, Gather.self,
      GatherElements.self, GatherND.self, NonZero.self, OneHot.self, Pad.self, RangeSequence.self,
      Reshape.self, Scatter.self, ShapeQuery.self, Slice.self, Split.self, Squeeze.self, Tile.self,
      Transpose.self, Trilu.self, Unsqueeze.self,
    ]
  }
}
