import PruneCore
import PruneSupport

/// Rank of each weight among the kept weights of its row or column, by magnitude.
///
/// Layers of up to ``LayerOrder/exactLimit`` weights are sorted line by line. In larger ones
/// each line is counted into 256 bins that are equally wide in the logit of the layer's quantile,
/// so that the tails keep their resolution; this takes 1 KiB per line and two passes over the
/// weights.
struct LineRanks: Sendable {
  enum Lines { case outputs, inputs }

  private static let binCount = 256
  /// Logits beyond ±12 (one weight in 160,000) share a bin.
  private static let widestLogit: Float = 12

  private enum Table: Sendable {
    /// Logits by weight.
    case exact([Float])
    /// `[lines, 256]` logits.
    case binned([Float])
  }

  private let table: Table
  private let order: LayerOrder
  private let lines: Lines

  init(
    _ basis: NetworkBasis, layer: Int, lines: Lines, order: LayerOrder,
    exactLimit: Int = LayerOrder.exactLimit
  ) {
    self.order = order
    self.lines = lines
    let grid = basis.grids[layer]
    let weights = basis.state.weights[layer]
    let kept = basis.state.masks[layer]?.kept
    table =
      weights.count <= exactLimit
      ? .exact(Self.sorted(weights, kept: kept, grid: grid, lines: lines))
      : .binned(Self.counted(weights, kept: kept, grid: grid, lines: lines, order: order))
  }

  private static func lineCount(_ grid: WeightGrid, _ lines: Lines) -> Int {
    lines == .outputs ? grid.layout.outputs : grid.inputCount
  }

  /// Calls `body` with each weight's position in `range` and its line.
  @inline(__always) private static func forEachLine(
    _ grid: WeightGrid, _ lines: Lines, in range: Range<Int>, _ body: (Int, Int) -> Void
  ) {
    let isAlongLine = (lines == .outputs) != grid.layout.isInputMajor
    let rowsPerGroup = max(
      1, grid.layout.outputs / max(1, grid.inputCount / max(1, grid.layout.inputs)))
    grid.forEachSegment(in: range) { line, start, count, offset in
      if isAlongLine {
        for index in 0..<count { body(offset &+ index, line) }
      } else {
        let first =
          grid.layout.isInputMajor ? start : start + line / rowsPerGroup * grid.layout.inputs
        for index in 0..<count { body(offset &+ index, first &+ index) }
      }
    }
  }

  private static func sorted(
    _ weights: [Float], kept: [Bool]?, grid: WeightGrid, lines: Lines
  ) -> [Float] {
    var members = [[UInt64]](repeating: [], count: lineCount(grid, lines))
    forEachLine(grid, lines, in: 0..<weights.count) { index, line in
      guard kept?[index] ?? true else { return }
      members[line].append(UInt64(~weights[index].magnitude.bitPattern) << 32 | UInt64(index))
    }
    var logits = [Float](repeating: 0, count: weights.count)
    for var keys in members {
      keys.sort()
      var start = 0
      while start < keys.count {
        var end = start + 1
        while end < keys.count, keys[end] >> 32 == keys[start] >> 32 { end += 1 }
        let logit = LayerOrder.logit(above: start, equal: end - start, of: keys.count)
        for key in keys[start..<end] { logits[Int(key & 0xFFFF_FFFF)] = logit }
        start = end
      }
    }
    return logits
  }

  @inline(__always) private static func bin(_ logit: Float) -> Int {
    let clamped = min(max(logit, -widestLogit), widestLogit)
    return min(binCount - 1, Int((clamped + widestLogit) * (Float(binCount) / (2 * widestLogit))))
  }

  private static func counted(
    _ weights: [Float], kept: [Bool]?, grid: WeightGrid, lines: Lines, order: LayerOrder
  ) -> [Float] {
    let count = lineCount(grid, lines)
    // Lines along the storage are counted in parallel; those across it share their bins.
    let isAlong = (lines == .outputs) != grid.layout.isInputMajor
    let length = isAlong ? max(1, (1 << 18) / max(1, grid.lineLength)) : max(count, 1)
    return ParallelChunks(count: count, length: length).joined { part in
      var table = [Float](repeating: 0, count: part.count * binCount)
      let range =
        isAlong
        ? part.lowerBound * grid.lineLength..<part.upperBound * grid.lineLength
        : 0..<weights.count
      table.withUnsafeMutableBufferPointer { table in
        weights.withUnsafeBufferPointer { weights in
          forEachLine(grid, lines, in: range) { offset, line in
            let index = range.lowerBound &+ offset
            guard kept?[index] ?? true else { return }
            let logit = order.logit(of: index, weight: weights[index])
            table[(line &- part.lowerBound) &* binCount &+ bin(logit)] += 1
          }
        }
        for line in 0..<part.count {
          let bins = line * binCount..<(line + 1) * binCount
          let total = bins.reduce(0) { $0 + Int(table[$1]) }
          var above = 0
          for bin in bins.reversed() {
            let equal = Int(table[bin])
            table[bin] = equal > 0 ? LayerOrder.logit(above: above, equal: equal, of: total) : 0
            above += equal
          }
        }
      }
      return table
    }
  }

  func writeLogits(_ chunk: WeightChunk, into target: UnsafeMutableBufferPointer<Float>) -> Bool {
    let first = chunk.range.lowerBound
    switch table {
    case .exact(let logits):
      logits.withUnsafeBufferPointer { logits in
        for index in 0..<chunk.range.count { target[index] = logits[first &+ index] }
      }
    case .binned(let table):
      table.withUnsafeBufferPointer { table in
        chunk.weights.withUnsafeBufferPointer { weights in
          Self.forEachLine(chunk.grid, lines, in: chunk.range) { index, line in
            let logit = order.logit(of: first &+ index, weight: weights[first &+ index])
            target[index] = table[line &* Self.binCount &+ Self.bin(logit)]
          }
        }
      }
    }
    return true
  }
}
