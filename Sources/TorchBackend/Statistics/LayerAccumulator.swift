internal import CTorch
internal import PruneCore

/// Accumulator of one pass's values of one layer into its statistics.
struct LayerAccumulator {
  let layer: PrunableLayer
  let kinds: StatisticKinds
  let real: RealType
  /// Weight of each position, in 0…1: less than 1 where an example is repeated to fill a fixed
  /// batch.
  let weight: Double

  /// Largest chunk of unfolded inputs or per-example gradients, in floats.
  private static let chunkLimit = 1 << 24

  // MARK: Inputs and outputs

  func addOperands(
    _ operand: LayerOperand, _ values: [TorchTensor?], to statistics: inout LayerStatistics
  ) throws(EngineError) {
    guard !kinds.isDisjoint(with: [.inputs, .outputs, .inputGram]),
      let data = values[operand.input], let output = values[operand.output]
    else { return }
    var inputPositions = 0
    let groups = Self.columnGroups(operand)
    let width = layer.layout.inputs
    let needsInputs = !kinds.isDisjoint(with: [.inputs, .inputGram])
    let sums = try accumulators(kinds.contains(.inputs), [groups, width], count: 2)
    let gram = try accumulators(kinds.contains(.inputGram), [groups, width, width], count: 1)
    for columns in try inputColumns(operand, data: data, output: output, needsInputs) {
      inputPositions += columns.positions
      guard needsInputs else { continue }
      try check("statistics", keeping: columns.tensor) {
        ct_accumulate_inputs(
          sums.first.handle, sums.last.handle, gram.first.handle, columns.tensor.handle, weight, $0)
      }
    }
    statistics.positions += Int((Double(inputPositions) * weight).rounded())
    if kinds.contains(.inputs) {
      try statistics.inputSum.add(sums.first, expand: expandGroups)
      try statistics.inputSquareSum.add(sums.last, expand: expandGroups)
    }
    if layer.kind != .transposedConvolution || layer.layout.groups == 1 {
      try statistics.inputGram.add(gram.first)
    }
    if kinds.contains(.outputs) {
      try addOutputs(
        operand, output, values[operand.activation] ?? output, inputPositions: inputPositions,
        to: &statistics)
    }
  }

  private func addOutputs(
    _ operand: LayerOperand, _ output: TorchTensor, _ activation: TorchTensor,
    inputPositions: Int, to statistics: inout LayerStatistics
  ) throws(EngineError) {
    let shape = try output.shape
    let axis: Int
    var raw = output
    var active = activation
    switch operand.form {
    case .linear(_, let fromEnd): axis = max(shape.count - fromEnd, 0)
    case .convolution, .transposedConvolution: axis = 1
    case .recurrentInput, .recurrentState:
      // [T, D, N, H] to [T, N, D · H]; batch-first output is [N, T, D, H].
      let ordered = try operand.isBatchFirst ? output : output.permuted([0, 2, 1, 3])
      let sizes = try ordered.shape
      raw = try ordered.reshaped([sizes[0], sizes[1], sizes[2] * sizes[3]])
      active = raw
      axis = 2
    }
    let rawShape = try raw.shape
    if try active.shape != rawShape { active = raw }
    let channels = rawShape[axis]
    let positions = max(rawShape.reduce(1, *) / max(channels, 1), 1)
    let sums = try accumulators(true, [channels], count: 4)
    // Inputs and outputs of a transposed convolution have different numbers of positions;
    // `positions` is the inputs'.
    let share = weight * Double(inputPositions) / Double(positions)
    try check("statistics", keeping: raw, active) {
      ct_accumulate_outputs(
        sums[0].handle, sums[1].handle, sums[2].handle, sums[3].handle, raw.handle, active.handle,
        Int64(axis), share, $0)
    }
    try statistics.outputSum.add(sums[0], expand: expandChannels)
    try statistics.outputSquareSum.add(sums[1], expand: expandChannels)
    try statistics.activationAbsoluteSum.add(sums[2], expand: expandChannels)
    try statistics.activationZeroCount.add(sums[3], expand: expandChannels)
  }

  /// Input columns, in chunks of examples for convolutions, whose columns repeat each pixel.
  private func inputColumns(
    _ operand: LayerOperand, data: TorchTensor, output: TorchTensor, _ isNeeded: Bool
  ) throws(EngineError) -> [Columns] {
    switch operand.form {
    case .linear(let fromEnd, _):
      return [try Columns(data, featureFromEnd: fromEnd, exampleAxis: nil)]
    case .convolution(let window, let groups, let kernel):
      guard isNeeded else { return [try Columns(channelsOf: output, groups: groups)] }
      var result: [Columns] = []
      let outputShape = try output.shape
      let each = outputShape.dropFirst(2).reduce(1, *) * layer.layout.inputs * groups
      for range in Self.chunks(of: outputShape[0], each: each) {
        result.append(
          try Columns(unfolding: data.rows(range), window, groups: groups, kernel: kernel))
      }
      return result
    case .transposedConvolution: return [try Columns(channelsOf: data, groups: 1)]
    case .recurrentInput: return [try Columns(data, featureFromEnd: 1, exampleAxis: nil)]
    case .recurrentState(let isReversed):
      return try Columns.previousStates(
        of: output, isReversed: isReversed, isBatchFirst: operand.isBatchFirst)
    }
  }

  // MARK: Gradients per example

  func addGradients(
    _ operand: LayerOperand, data: TorchTensor, delta: TorchTensor, inputAxis: Int,
    outputAxis: Int, to statistics: inout LayerStatistics
  ) throws(EngineError) {
    let layout = layer.layout
    let shape = [layout.groups, layout.outputs / layout.groups, layout.inputs]
    let sums = try accumulators(true, shape, count: 2)
    switch operand.form {
    case .linear(let inputFromEnd, let outputFromEnd):
      let columns = try Columns(data, featureFromEnd: inputFromEnd, exampleAxis: inputAxis)
      let deltas = try Columns(delta, featureFromEnd: outputFromEnd, exampleAxis: outputAxis)
      let each = columns.shape[3] == 1 ? 1 : layer.count
      for range in Self.chunks(of: columns.shape[0], each: each) {
        try add(
          columns.tensor.rows(range), deltas.tensor.rows(range), scale: operand.scale, to: sums)
      }
    case .convolution(let window, let groups, let kernel):
      let deltas = try Columns(channelsOf: delta, groups: groups)
      let each = max(layer.count, deltas.shape[3] * layout.inputs * groups)
      for range in Self.chunks(of: deltas.shape[0], each: each) {
        let columns = try Columns(
          unfolding: data.rows(range), window, groups: groups, kernel: kernel)
        try add(columns.tensor, deltas.tensor.rows(range), scale: 1, to: sums)
      }
    default: return
    }
    try statistics.gradientSquareSum.add(sums.first, expand: storedOrder)
    try statistics.gradientAbsoluteSum.add(sums.last, expand: storedOrder)
  }

  private func add(
    _ columns: TorchTensor, _ deltas: TorchTensor, scale: Double, to sums: [TorchTensor]
  ) throws(EngineError) {
    try check("statistics", keeping: columns, deltas) {
      ct_accumulate_gradients(
        sums.first.handle, sums.last.handle, columns.handle, deltas.handle, scale, $0)
    }
  }

  // MARK: Layout

  /// Values of `[outputs, inputs]` in the weight's stored order.
  private func storedOrder(_ values: [Float]) -> [Float] {
    let layout = layer.layout
    guard layout.isInputMajor else { return values }
    var result = values
    for output in 0..<layout.outputs {
      for input in 0..<layout.inputs {
        result[layout.index(output: output, input: input)] = values[output * layout.inputs + input]
      }
    }
    return result
  }

  /// Input sums for every group of a transposed convolution, whose inputs belong to one group each;
  /// the other groups get zeros.
  private func expandGroups(_ values: [Float]) -> [Float] {
    let layout = layer.layout
    guard layer.kind == .transposedConvolution, layout.groups > 1 else { return values }
    let size = layout.inputs / layout.groups
    return (0..<layout.groups * layout.inputs).map { index in
      let (group, input) = index.quotientAndRemainder(dividingBy: layout.inputs)
      return input / size == group ? values[input] : 0
    }
  }

  /// Output sums of the layout, from one number per channel or unit.
  private func expandChannels(_ values: [Float]) -> [Float] {
    let layout = layer.layout
    switch layer.kind {
    case .linear, .convolution: return values
    case .transposedConvolution:
      let channels = layout.outputs / layout.kernelArea
      return (0..<layout.outputs).map { output in
        stride(from: output / layout.kernelArea, to: values.count, by: channels).reduce(0) {
          $0 + values[$1]
        }
      }
    case .recurrentInput, .recurrentState:
      // Every gate of a unit gets the unit's sums; `[D · H]` to `[D, gates, H]`.
      let directions = max(layer.shape[0], 1)
      let hidden = values.count / directions
      let gates = layout.outputs / max(values.count, 1)
      return (0..<layout.outputs).map { output in
        values[output / (gates * hidden) * hidden + output % hidden]
      }
    }
  }

  private static func columnGroups(_ operand: LayerOperand) -> Int {
    if case .convolution(_, let groups, _) = operand.form { groups } else { 1 }
  }

  private func accumulators(
    _ isNeeded: Bool, _ shape: [Int], count: Int
  ) throws(EngineError) -> [TorchTensor] {
    var result: [TorchTensor] = []
    for _ in 0..<(isNeeded ? count : 0) { result.append(try .zeros(shape, real: real)) }
    return result
  }

  static func chunks(of count: Int, each: Int) -> [Range<Int>] {
    let size = max(1, chunkLimit / max(each, 1))
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}

extension [Float] {
  /// Adds the elements of `tensor`, rearranged by `expand`; an empty array counts as zeros.
  mutating func add(
    _ tensor: TorchTensor?, expand: ([Float]) -> [Float] = { $0 }
  ) throws(EngineError) {
    guard let tensor, let values = try tensor.host().floats else { return }
    add(expand(values))
  }

  mutating func add(_ values: [Float]) {
    if isEmpty { self = values } else { for index in indices { self[index] += values[index] } }
  }
}
