import PruneCore

/// Mean and standard deviation of ln |w| over the kept weights of a layer and of each of its rows
/// and columns.
struct MagnitudeMoments: Sendable {
  enum Lines { case all, outputs, inputs }

  private let mean: Float
  private let inverseDeviation: Float
  private let outputs: (means: [Float], inverseDeviations: [Float])
  private let inputs: (means: [Float], inverseDeviations: [Float])

  init(_ basis: NetworkBasis, layer: Int) {
    let grid = basis.grids[layer]
    let kept = basis.state.masks[layer]?.kept
    let logs = basis.logarithms(of: .magnitude, in: layer, 0..<grid.count)
    let values = logs ?? [Float](repeating: 0, count: grid.count)
    let masked =
      kept.map { kept in [Float](count: values.count) { kept[$0] ? values[$0] : 0 } } ?? values
    let ones = kept.map { kept in [Float](count: kept.count) { kept[$0] ? 1 : 0 } }
    let sums = grid.lineSums(of: masked) { $0 }
    let squares = grid.lineSums(of: masked) { $0 * $0 }
    let counts = ones.map { grid.lineSums(of: $0) { $0 } }
    let columnLength = Float(grid.count) / Float(max(sums.inputs.count, 1))
    outputs = Self.moments(
      sums.outputs, squares.outputs,
      counts?.outputs ?? sums.outputs.map { _ in Float(grid.layout.inputs) })
    inputs = Self.moments(
      sums.inputs, squares.inputs, counts?.inputs ?? sums.inputs.map { _ in columnLength })
    let total = Self.moments(
      [sums.outputs.reduce(0, +)], [squares.outputs.reduce(0, +)],
      [Float(basis.summaries[layer].keptCount)])
    (mean, inverseDeviation) = (total.means[0], total.inverseDeviations[0])
  }

  private static func moments(
    _ sums: [Float], _ squares: [Float], _ counts: [Float]
  ) -> (means: [Float], inverseDeviations: [Float]) {
    var means = [Float](repeating: 0, count: sums.count)
    var inverses = means
    for index in sums.indices where counts[index] > 0 {
      let mean = sums[index] / counts[index]
      let variance = squares[index] / counts[index] - mean * mean
      means[index] = mean
      inverses[index] = variance > 1e-6 * max(1, mean * mean) ? 1 / variance.squareRoot() : 0
    }
    return (means, inverses)
  }

  /// Turns `values` (ln |w|) into standard scores within the given lines.
  func standardise(
    _ values: UnsafeMutableBufferPointer<Float>, lines: Lines, chunk: WeightChunk
  ) {
    guard lines != .all else {
      for index in 0..<chunk.range.count {
        values[index] = (values[index] - mean) * inverseDeviation
      }
      return
    }
    let moments = lines == .outputs ? outputs : inputs
    subtractOrScale(values, moments.means, lines, chunk) { $0 - $1 }
    subtractOrScale(values, moments.inverseDeviations, lines, chunk) { $0 * $1 }
  }

  @inline(__always) private func subtractOrScale(
    _ values: UnsafeMutableBufferPointer<Float>, _ operands: [Float], _ lines: Lines,
    _ chunk: WeightChunk, _ combine: (Float, Float) -> Float
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: chunk.range.count) { scratch in
      if lines == .outputs {
        chunk.grid.spread(outputs: operands, in: chunk.range, into: scratch)
      } else {
        chunk.grid.spread(inputs: operands, in: chunk.range, into: scratch)
      }
      for index in 0..<chunk.range.count { values[index] = combine(values[index], scratch[index]) }
    }
  }
}
