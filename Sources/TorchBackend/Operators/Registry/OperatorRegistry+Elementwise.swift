extension OperatorRegistry {
  /// Arithmetic, activations and comparisons.
  static var elementwiseOperators: [any GraphOperator.Type] {
    [
      BinaryFunction.self, Clip.self, IsInfinite.self, Modulo.self, ParameterlessFunction.self,
      ParametricActivation.self, Softmax.self, VariadicFunction.self, Where.self,
    ]
  }

  /// Reductions, matrix products, constants.
  static var computingOperators: [any GraphOperator.Type] {
    [
      AxisReduction.self, Cast.self, Constant.self, ConstantOfShape.self, CumulativeSum.self,
      Dropout.self, ExtremeIndex.self, GeneralMatrixMultiply.self, Identity.self,
      MatrixMultiply.self, TopK.self,
    ]
  }
}
