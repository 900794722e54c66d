internal import CTorch
internal import PruneCore

/// Accumulator of a layer's observations in two programs into its ``ResidualMoments``.
struct ResidualAccumulator {
  private let layer: PrunableLayer
  private let blocks: WeightBlocks
  private let real: RealType
  /// Indices of the observed input features; `nil` for all.
  private let features: TorchTensor?
  private let featureCount: Int

  init(
    layer: PrunableLayer, real: RealType, moments: ResidualMoments
  ) throws(EngineError) {
    self.layer = layer
    self.real = real
    blocks = layer.blocks
    featureCount = moments.features.count
    features =
      featureCount == blocks.inputs
      ? nil
      : try TorchTensor(
        HostTensor(moments.features.map { Int64($0) }, shape: [featureCount]), real: real)
  }

  /// Adds moments of the inputs seen with the residuals `wanted − seen` of the outputs.
  /// - Parameter weight: weight of each position, in 0…1: less than 1 where an example is repeated to
  ///   fill a fixed batch.
  func add(
    _ seen: LayerObservation, against wanted: LayerObservation, operand: LayerOperand,
    weight: Double, to moments: inout ResidualMoments
  ) throws(EngineError) {
    guard case .convolution(let window, let groups, let kernel) = operand.form else {
      let rows = try rows(seen, operand)
      let residuals = try difference(
        product(wanted.weight, try self.rows(wanted, operand)), product(seen.weight, rows))
      return try add(rows, residuals, weight: weight, to: &moments)
    }
    let lacking = try difference(
      try withoutBias(wanted), try withoutBias(seen))
    let shape = try lacking.shape
    let each = shape.dropFirst(2).reduce(1, *) * layer.layout.inputs * groups
    for range in LayerAccumulator.chunks(of: shape[0], each: each) {
      let columns = try Columns(
        unfolding: seen.input.rows(range), window, groups: groups, kernel: kernel)
      let residuals = try Columns(channelsOf: lacking.rows(range), groups: groups)
      try add(columns.featureRows(), residuals.featureRows(), weight: weight, to: &moments)
    }
  }

  private func add(
    _ rows: TorchTensor, _ residuals: TorchTensor, weight: Double,
    to moments: inout ResidualMoments
  ) throws(EngineError) {
    let (count, width, outputs) = (blocks.count, featureCount, blocks.outputs)
    let gram = try TorchTensor.zeros([count, width, width], real: real)
    let cross = try TorchTensor.zeros([count, width, outputs], real: real)
    let featureSum = try TorchTensor.zeros([count, width], real: real)
    let residualSum = try TorchTensor.zeros([count, outputs], real: real)
    try check("statistics", keeping: gram, cross, featureSum, residualSum, rows, residuals) {
      ct_accumulate_residuals(
        gram.handle, cross.handle, featureSum.handle, residualSum.handle, rows.handle,
        residuals.handle, features.handle, weight, $0)
    }
    moments.add(
      positions: Double(try rows.shape[2]) * weight, gram: try gram.host().floats ?? [],
      cross: try cross.host().floats ?? [], featureSum: try featureSum.host().floats ?? [],
      residualSum: try residualSum.host().floats ?? [])
  }

  /// Inputs that the weight multiplies, `[blocks, inputs, positions]`.
  private func rows(
    _ seen: LayerObservation, _ operand: LayerOperand
  ) throws(EngineError) -> TorchTensor {
    switch operand.form {
    case .linear(let fromEnd, _):
      return try Columns(seen.input, featureFromEnd: fromEnd, exampleAxis: nil).featureRows()
    case .recurrentInput:
      return try Columns(seen.input, featureFromEnd: 1, exampleAxis: nil).featureRows()
    case .convolution(_, let groups, _), .transposedConvolution(let groups):
      return try Columns(channelsOf: seen.input, groups: groups).featureRows()
    case .recurrentState(let isReversed):
      var parts: [TorchTensor] = []
      for columns in try Columns.previousStates(
        of: seen.output, isReversed: isReversed, isBatchFirst: operand.isBatchFirst)
      {
        parts.append(try columns.featureRows())
      }
      guard !parts.isEmpty else {
        return try .zeros([blocks.count, blocks.inputs, 0], real: real)
      }
      return try shim("statistics") { out, message in
        parts.withHandles { ct_concatenate(&out, $0, 0, message) }
      }
    }
  }

  private func product(
    _ weight: TorchTensor, _ rows: TorchTensor
  ) throws(EngineError) -> TorchTensor {
    let matrices = try matrices(weight)
    return try shim("statistics", keeping: matrices, rows) {
      ct_group_products(&$0, matrices.handle, rows.handle, $1)
    }
  }

  /// The stored weight as `[blocks, outputs, inputs]`.
  private func matrices(_ weight: TorchTensor) throws(EngineError) -> TorchTensor {
    let (count, outputs, inputs) = (blocks.count, blocks.outputs, blocks.inputs)
    guard layer.layout.isInputMajor else { return try weight.reshaped([count, outputs, inputs]) }
    return try weight.reshaped([count, inputs, outputs]).permuted([0, 2, 1])
  }

  private func withoutBias(_ seen: LayerObservation) throws(EngineError) -> TorchTensor {
    guard let bias = seen.bias else { return seen.output }
    var shape = try seen.output.shape.map { _ in 1 }
    shape[1] = try bias.shape.reduce(1, *)
    return try difference(seen.output, try bias.reshaped(shape))
  }

  private func difference(
    _ left: TorchTensor, _ right: TorchTensor
  ) throws(EngineError) -> TorchTensor {
    try shim("statistics", keeping: left, right) {
      ct_add_scaled(&$0, left.handle, right.handle, -1, $1)
    }
  }
}

extension Columns {
  /// One row per feature over all examples and positions, `[G, K, N · L]`.
  func featureRows() throws(EngineError) -> TorchTensor {
    try shim("statistics", keeping: tensor) { ct_feature_rows(&$0, tensor.handle, $1) }
  }
}
