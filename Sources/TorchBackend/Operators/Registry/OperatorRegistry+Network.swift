extension OperatorRegistry {
  /// Convolution, pooling, normalization, recurrence, resizing, Einsum.
  static var networkOperators: [any GraphOperator.Type] {
    [
      AveragePool.self, BatchNormalization.self, Convolution.self, Einsum.self, GlobalPool.self,
      GroupNormalization.self, LayerNormalization.self, LocalResponseNormalization.self,
      LpNormalization.self, LpPool.self, MaxPool.self, MeanVarianceNormalization.self,
      RMSNormalization.self, Recurrence.self, Resize.self, TransposedConvolution.self,
    ]
  }
}
