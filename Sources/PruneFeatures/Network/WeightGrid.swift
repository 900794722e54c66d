import PruneCore
import PruneSupport

/// A layer's weights as the lines of its stored matrix, so that loops run over contiguous memory
/// whichever way round the matrix is stored.
///
/// A *line* is an output row where outputs come first in storage, an input column where inputs do.
/// A vector over inputs has `[groups · inputs]` elements, group by group, or `[inputs]` where all
/// groups share it.
struct WeightGrid: Sendable {
  let layout: WeightLayout

  init(_ layout: WeightLayout) { self.layout = layout }

  var count: Int { layout.outputs * layout.inputs }
  var lineLength: Int { layout.isInputMajor ? layout.outputs : layout.inputs }

  /// Elements of a vector over inputs, group by group. Transposed convolutions list all inputs
  /// once.
  var inputCount: Int { layout.isInputMajor ? layout.inputs : layout.inputs * groupCount }

  /// `true` where `values` has a length that a vector over inputs may have.
  func accepts(inputs values: [Float]) -> Bool {
    !values.isEmpty
      && (values.count == layout.inputs || values.count == layout.inputs * layout.groups)
  }

  private var groupCount: Int {
    layout.groups > 1 && layout.outputs % layout.groups == 0 ? layout.groups : 1
  }

  /// Position of a line's first input in a vector over inputs of `count` elements.
  @inline(__always) private func inputOffset(ofRow row: Int, count: Int) -> Int {
    count == layout.inputs ? 0 : row / (layout.outputs / groupCount) * layout.inputs
  }

  /// Calls `body` for every part of a line inside `range` of the stored order, with the line, the
  /// position in it where the part starts, the part's length, and its offset from the start of
  /// `range`.
  @inline(__always) func forEachSegment(
    in range: Range<Int>, _ body: (_ line: Int, _ start: Int, _ count: Int, _ offset: Int) -> Void
  ) {
    guard !range.isEmpty, lineLength > 0 else { return }
    var position = range.lowerBound
    while position < range.upperBound {
      let line = position / lineLength
      let start = position - line * lineLength
      let count = min(lineLength - start, range.upperBound - position)
      body(line, start, count, position - range.lowerBound)
      position += count
    }
  }

  /// Writes `values[output]` for every weight of `range`.
  func spread(
    outputs values: [Float], in range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      forEachSegment(in: range) { line, start, count, offset in
        if layout.isInputMajor {
          for index in 0..<count { target[offset &+ index] = values[start &+ index] }
        } else {
          let value = values[line]
          for index in 0..<count { target[offset &+ index] = value }
        }
      }
    }
  }

  /// Writes `values[input]` for every weight of `range`; in grouped layers the input is that of the
  /// weight's group.
  func spread(
    inputs values: [Float], in range: Range<Int>, into target: UnsafeMutableBufferPointer<Float>
  ) {
    values.withUnsafeBufferPointer { values in
      forEachSegment(in: range) { line, start, count, offset in
        if layout.isInputMajor {
          let value = values[line]
          for index in 0..<count { target[offset &+ index] = value }
        } else {
          let first = inputOffset(ofRow: line, count: values.count) + start
          for index in 0..<count { target[offset &+ index] = values[first &+ index] }
        }
      }
    }
  }

  /// `values[input]` for every weight, in stored order.
  func spread(inputs values: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      spread(inputs: values, in: 0..<count, into: buffer)
      initialized = count
    }
  }

  /// `[outputs]`: Σ over inputs of `term(weight)`.
  @inline(__always) func outputSums(
    of weights: [Float], _ term: @Sendable (Float) -> Float
  ) -> [Float] {
    lineSums(of: weights, term).outputs
  }

  /// Σ of `term(weight)` by output, `[outputs]`, and by input, `[inputCount]`.
  ///
  /// - Parameter kept: `true` for weights that count; `nil` for all.
  @inline(__always) func lineSums(
    of weights: [Float], kept: [Bool]? = nil, _ term: @Sendable (Float) -> Float
  ) -> (outputs: [Float], inputs: [Float]) {
    precondition(weights.count == count, "\(weights.count) weights, expected \(count)")
    let lines = lineLength == 0 ? 0 : count / lineLength
    let minorCount = layout.isInputMajor ? layout.outputs : inputCount
    let parts = ParallelChunks(count: lines, length: linesPerChunk).map { range in
      var major = [Float](repeating: 0, count: range.count)
      var minor = [Float](repeating: 0, count: minorCount)
      let values = kept.map { kept in
        let first = range.lowerBound * lineLength
        return [Float](count: range.count * lineLength) {
          kept[first &+ $0] ? weights[first &+ $0] : 0
        }
      }
      weights.withUnsafeBufferPointer { weights in
        (values ?? []).withUnsafeBufferPointer { own in
          major.withUnsafeMutableBufferPointer { major in
            minor.withUnsafeMutableBufferPointer { minor in
              for line in range {
                let start = line &* lineLength
                let source =
                  kept == nil
                  ? UnsafeBufferPointer(rebasing: weights[start..<start + lineLength])
                  : UnsafeBufferPointer(
                    rebasing: own[
                      start - range.lowerBound * lineLength..<start + lineLength
                        - range.lowerBound * lineLength])
                let first = layout.isInputMajor ? 0 : inputOffset(ofRow: line, count: minorCount)
                major[line - range.lowerBound] = Self.add(
                  source,
                  to: UnsafeMutableBufferPointer(
                    rebasing: minor[first..<first + lineLength]), term)
              }
            }
          }
        }
      }
      return (major, minor)
    }
    var minor = [Float](repeating: 0, count: minorCount)
    for part in parts {
      for index in 0..<minorCount { minor[index] += part.1[index] }
    }
    let major = parts.flatMap(\.0)
    return layout.isInputMajor ? (minor, major) : (major, minor)
  }

  /// Adds the terms of one line to those of the lines across and returns their sum.
  @inline(__always) private static func add(
    _ line: UnsafeBufferPointer<Float>, to across: UnsafeMutableBufferPointer<Float>,
    _ term: (Float) -> Float
  ) -> Float {
    var lanes = SIMD4<Double>.zero
    var index = 0
    while index &+ 4 <= line.count {
      let values = SIMD4(
        term(line[index]), term(line[index &+ 1]), term(line[index &+ 2]), term(line[index &+ 3]))
      lanes += SIMD4<Double>(values)
      for lane in 0..<4 { across[index &+ lane] += values[lane] }
      index &+= 4
    }
    var sum = lanes.sum()
    while index < line.count {
      let value = term(line[index])
      sum += Double(value)
      across[index] += value
      index &+= 1
    }
    return Float(sum)
  }

  /// At most sixteen chunks, each with sums of its own for the lines across.
  private var linesPerChunk: Int {
    let lines = lineLength == 0 ? 0 : count / lineLength
    return max(1, max((lines + 15) / 16, (1 << 18) / max(1, lineLength)))
  }
}
