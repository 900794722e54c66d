internal import CTorch
internal import PruneCore

/// Operand of a layer as columns `[N, G, K, L]`: examples, groups, features, positions.
struct Columns {
  let tensor: TorchTensor
  let shape: [Int]

  var positions: Int { shape[0] * shape[3] }

  private init(_ tensor: TorchTensor, _ shape: [Int]) {
    self.tensor = tensor
    self.shape = shape
  }

  /// - Parameters:
  ///   - featureFromEnd: feature axis, counted from the end: 1 is the last.
  ///   - exampleAxis: axis of the examples; `nil` counts every position as an example of its own.
  init(
    _ x: TorchTensor, featureFromEnd: Int, exampleAxis: Int?
  ) throws(EngineError) {
    let shape = try x.shape
    guard shape.count >= max(featureFromEnd, 1) else {
      self.init(try x.reshaped([1, 1, shape.reduce(1, *), 1]), [1, 1, shape.reduce(1, *), 1])
      return
    }
    let feature = shape.count - featureFromEnd
    let width = shape[feature]
    let others = shape.indices.filter { $0 != feature && $0 != exampleAxis }
    let ordered = (exampleAxis.map { [$0] } ?? []) + others + [feature]
    let rows = ordered == Array(shape.indices) ? x : try x.permuted(ordered)
    let count = others.reduce(1) { $0 * shape[$1] }
    let examples = exampleAxis.map { shape[$0] } ?? count
    let positions = exampleAxis == nil ? 1 : count
    let columns = try rows.reshaped([examples, positions, width]).permuted([0, 2, 1])
    let full = [examples, 1, width, positions]
    self.init(try columns.reshaped(full), full)
  }

  /// Columns of `[N, C, spatial…]` with the channels split into groups.
  init(channelsOf x: TorchTensor, groups: Int) throws(EngineError) {
    let shape = try x.shape
    let full = [shape[0], groups, shape[1] / groups, shape.dropFirst(2).reduce(1, *)]
    self.init(try x.reshaped(full), full)
  }

  /// Columns that each output position of a convolution reads.
  init(
    unfolding x: TorchTensor, _ window: SpatialWindow, groups: Int, kernel: [Int]
  ) throws(EngineError) {
    let resolved = try window.resolved(kernel: kernel, data: try x.shape)
    let columns = try shim("unfold", keeping: x) { out, message in
      resolved.withShim {
        ct_convolution_columns(&out, x.handle, $0, Int64(groups), message)
      }
    }
    self.init(columns, try columns.shape)
  }
}

extension Columns {
  /// Hidden states that each step multiplied, one entry per direction; initial states are omitted.
  /// - Parameter sequence: `[T, D, N, H]`, or `[N, T, D, H]` batch-first.
  static func previousStates(
    of sequence: TorchTensor, isReversed: Bool, isBatchFirst: Bool
  ) throws(EngineError) -> [Columns] {
    let directions = try sequence.permuted(isBatchFirst ? [2, 1, 0, 3] : [1, 0, 2, 3])
    let shape = try directions.shape
    var result: [Columns] = []
    for direction in 0..<shape[0] where shape[1] > 1 {
      let steps = try directions.rows(direction..<direction + 1)
        .reshaped([shape[1], shape[2], shape[3]])
      let runsBackwards = isReversed || direction == 1
      let range = runsBackwards ? 1..<shape[1] : 0..<shape[1] - 1
      result.append(try Columns(steps.rows(range), featureFromEnd: 1, exampleAxis: nil))
    }
    return result
  }
}
