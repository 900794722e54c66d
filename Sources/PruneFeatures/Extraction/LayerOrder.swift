import PruneCore
import PruneSupport

/// Rank of each weight among the kept weights of its layer, by magnitude.
///
/// Layers of up to ``exactLimit`` weights are sorted. Larger ones are counted into 65,536 bins
/// of equal relative width (the upper half of the bits of |w|: 1/128 to 1/256), which gives
/// quantiles to the accuracy of a bin in one pass.
struct LayerOrder: Sendable {
  static let exactLimit = 1 << 16

  private enum Table: Sendable {
    /// One entry per weight.
    case exact(logits: [Float], tails: [Float])
    /// One entry per bin of |w|.
    case binned(logits: [Float], tails: [Float])
  }

  private let table: Table

  init(_ basis: NetworkBasis, layer: Int, exactLimit: Int = Self.exactLimit) {
    let weights = basis.state.weights[layer]
    let kept = basis.state.masks[layer]?.kept
    table =
      weights.count <= exactLimit
      ? Self.sorted(weights, kept: kept) : Self.binned(weights, kept: kept)
  }

  /// Bin of a magnitude: exponent and the upper eight bits of the mantissa.
  @inline(__always) static func bin(_ weight: Float) -> Int {
    Int(weight.magnitude.bitPattern &>> 15)
  }

  private static func sorted(_ weights: [Float], kept: [Bool]?) -> Table {
    let order = MagnitudeOrder.descending(weights).filter { kept?[$0] ?? true }
    var logits = [Float](repeating: 0, count: weights.count)
    var tails = logits
    var start = 0
    var notSmaller = 0.0
    while start < order.count {
      let magnitude = weights[order[start]].magnitude
      var end = start
      while end < order.count, weights[order[end]].magnitude == magnitude { end += 1 }
      notSmaller += Double(magnitude) * Double(magnitude) * Double(end - start)
      let logit = logit(above: start, equal: end - start, of: order.count)
      let tail = logarithm(notSmaller)
      for index in order[start..<end] { (logits[index], tails[index]) = (logit, tail) }
      start = max(end, start + 1)
    }
    return .exact(logits: logits, tails: tails)
  }

  private static func binned(_ weights: [Float], kept: [Bool]?) -> Table {
    let (counts, squares) = count(weights, kept: kept)
    let total = counts.reduce(0) { $0 + Int($1) }
    var logits = [Float](repeating: 0, count: counts.count)
    var tails = logits
    var above = 0
    var notSmaller = 0.0
    for bin in counts.indices.reversed() where counts[bin] > 0 {
      logits[bin] = logit(above: above, equal: Int(counts[bin]), of: total)
      tails[bin] = logarithm(notSmaller + squares[bin] / 2)
      above += Int(counts[bin])
      notSmaller += squares[bin]
    }
    return .binned(logits: logits, tails: tails)
  }

  /// Number and sum of squares of the weights of each bin, from at most sixteen parts counted on their own.
  private static func count(
    _ weights: [Float], kept: [Bool]?
  ) -> (counts: [Int32], squares: [Double]) {
    let length = max(1 << 18, (weights.count + 15) / 16)
    let parts = ParallelChunks(count: weights.count, length: length).map { range in
      var bins = [SIMD2<Double>](repeating: .zero, count: 1 << 16)
      bins.withUnsafeMutableBufferPointer { bins in
        weights.withUnsafeBufferPointer { weights in
          for index in range where kept?[index] ?? true {
            let weight = Double(weights[index])
            bins[bin(weights[index])] += SIMD2(1, weight * weight)
          }
        }
      }
      return bins
    }
    var counts = [Int32](repeating: 0, count: 1 << 16)
    var squares = [Double](repeating: 0, count: 1 << 16)
    for part in parts {
      for bin in part.indices {
        counts[bin] += Int32(part[bin].x)
        squares[bin] += part[bin].y
      }
    }
    return (counts, squares)
  }

  /// Logit of the middle quantile of `equal` weights with `above` larger ones.
  static func logit(above: Int, equal: Int, of count: Int) -> Float {
    let fromTop = Float(above) + 0.5 * Float(equal)
    return FastLogarithm.ln(max(Float(count) - fromTop, 0.5)) - FastLogarithm.ln(max(fromTop, 0.5))
  }

  private static func logarithm(_ sum: Double) -> Float {
    FastLogarithm.ln(max(Float(sum), .leastNormalMagnitude))
  }

  /// Logit of a weight's quantile in its layer; `index` in stored order.
  func logit(of index: Int, weight: Float) -> Float {
    switch table {
    case .exact(let logits, _): logits[index]
    case .binned(let logits, _): logits[Self.bin(weight)]
    }
  }

  func writeLogits(_ chunk: WeightChunk, into target: UnsafeMutableBufferPointer<Float>) -> Bool {
    switch table {
    case .exact(let logits, _): Self.copy(logits, chunk, times: 1, into: target)
    case .binned(let logits, _): Self.look(up: logits, chunk, times: 1, into: target)
    }
    return true
  }

  /// Writes `scale · ln Σ_{|v| ≥ |w|} v²`.
  func writeTailLogarithms(
    _ chunk: WeightChunk, times scale: Float, into target: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    switch table {
    case .exact(_, let tails): Self.copy(tails, chunk, times: scale, into: target)
    case .binned(_, let tails): Self.look(up: tails, chunk, times: scale, into: target)
    }
    return true
  }

  private static func copy(
    _ values: [Float], _ chunk: WeightChunk, times scale: Float,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      for index in 0..<chunk.range.count {
        target[index] = scale * values[chunk.range.lowerBound &+ index]
      }
    }
  }

  private static func look(
    up table: [Float], _ chunk: WeightChunk, times scale: Float,
    into target: UnsafeMutableBufferPointer<Float>
  ) {
    chunk.weights.withUnsafeBufferPointer { weights in
      table.withUnsafeBufferPointer { table in
        for index in 0..<chunk.range.count {
          target[index] = scale * table[bin(weights[chunk.range.lowerBound &+ index])]
        }
      }
    }
  }
}
