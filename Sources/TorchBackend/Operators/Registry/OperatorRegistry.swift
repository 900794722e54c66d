internal import PruneCore

/// Table of the operator implementations by ONNX operator type.
struct OperatorRegistry {
  private let table: [String: (opsets: ClosedRange<Int>, type: any GraphOperator.Type)]

  /// Registry of all implementations; a new operator is added to one of the four lists and nowhere
  /// else.
  init() {
    let implementations =
      Self.elementwiseOperators + Self.computingOperators + Self.shapeOperators
      + Self.networkOperators
    var table: [String: (ClosedRange<Int>, any GraphOperator.Type)] = [:]
    for type in implementations {
      for (operation, opsets) in type.operations { table[operation] = (opsets, type) }
    }
    self.table = table
  }

  /// Operator types with their opsets and implementations, sorted by name.
  var entries: [(operation: String, opsets: ClosedRange<Int>, type: any GraphOperator.Type)] {
    table.sorted { $0.key < $1.key }.map { ($0.key, $0.value.opsets, $0.value.type) }
  }

  /// ONNX operator types, sorted.
  var operations: [String] { table.keys.sorted() }

  /// Operator of a node.
  /// - Throws: ``EngineError/unsupportedOperator(_:node:domain:opset:)``,
  ///   ``EngineError/unsupportedAttribute(_:operation:node:reason:)``.
  func makeOperator(_ reader: NodeReader) throws(EngineError) -> any GraphOperator {
    let node = reader.node
    guard node.domain.isEmpty || node.domain == "ai.onnx", let entry = table[node.operation],
      entry.opsets.contains(reader.opset)
    else {
      throw .unsupportedOperator(
        node.operation, node: node.label, domain: node.domain, opset: reader.opset)
    }
    return try entry.type.init(reader)
  }
}

extension OperatorRegistry {
  /// Operators of arithmetic, activations and comparisons.
  static var elementwiseOperators: [any GraphOperator.Type] {
    [
      BinaryFunction.self, Clip.self, IsInfinite.self, Modulo.self, ParameterlessFunction.self,
      ParametricActivation.self, Softmax.self, VariadicFunction.self, Where.self,
    ]
  }

  /// Operators of reductions, matrix products and constants.
  static var computingOperators: [any GraphOperator.Type] {
    [
      AxisReduction.self, Cast.self, Constant.self, ConstantOfShape.self, CumulativeSum.self,
      Dropout.self, ExtremeIndex.self, GeneralMatrixMultiply.self, Identity.self,
      MatrixMultiply.self, TopK.self,
    ]
  }
}

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

extension OperatorRegistry {
  /// Operators of convolution, pooling, normalization, recurrence and resizing, and `Einsum`.
  static var networkOperators: [any GraphOperator.Type] {
    [
      AveragePool.self, BatchNormalization.self, Convolution.self, Einsum.self, GlobalPool.self,
      GroupNormalization.self, LayerNormalization.self, LocalResponseNormalization.self,
      LpNormalization.self, LpPool.self, MaxPool.self, MeanVarianceNormalization.self,
      RMSNormalization.self, Recurrence.self, Resize.self, TransposedConvolution.self,
    ]
  }
}
