import PruneCore

/// A layer's connections as the lines of its stored matrix, so that loops run over contiguous
/// memory whichever way round the weight is stored.
///
/// A *line* is an output row where outputs come first in storage, an input column where inputs do.
/// A vector over inputs has `[groups · inputs]` elements, group by group, or `[inputs]` where all
/// groups share it.
struct ConnectionGrid: Sendable {
  let layout: WeightLayout

  init(_ layout: WeightLayout) { self.layout = layout }

  var count: Int { layout.outputs * layout.inputs }
  var lineLength: Int { layout.isInputMajor ? layout.outputs : layout.inputs }

  /// Elements of a vector over inputs, group by group. Transposed convolutions list all inputs
  /// once.
  var inputCount: Int { layout.isInputMajor ? layout.inputs : layout.inputs * groupCount }

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

  /// Writes `values[output]` for every connection of `range`.
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

  /// Writes `values[input]` for every connection of `range`; grouped layers read their own group's
  /// inputs.
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

  /// `values[input]` for every connection.
  func spread(inputs values: [Float]) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      spread(inputs: values, in: 0..<count, into: buffer)
      initialized = count
    }
  }

  /// `[outputs]`: Σ over inputs of `term(weight)`.
  @inline(__always) func outputSums(of weights: [Float], _ term: (Float) -> Float) -> [Float] {
    lineSums(of: weights, term).outputs
  }

  /// Σ of `term(weight)` by output, `[outputs]`, and by input, `[inputCount]`.
  @inline(__always) func lineSums(
    of weights: [Float], _ term: (Float) -> Float
  ) -> (outputs: [Float], inputs: [Float]) {
    precondition(weights.count == count, "\(weights.count) weights for \(count) connections")
    var major = [Float](repeating: 0, count: lineLength == 0 ? 0 : count / lineLength)
    var minor = [Float](
      repeating: 0, count: layout.isInputMajor ? layout.outputs : inputCount)
    weights.withUnsafeBufferPointer { weights in
      major.withUnsafeMutableBufferPointer { major in
        minor.withUnsafeMutableBufferPointer { minor in
          let minorCount = minor.count
          forEachSegment(in: 0..<count) { line, _, length, offset in
            let first = layout.isInputMajor ? 0 : inputOffset(ofRow: line, count: minorCount)
            var sum = 0.0
            for index in 0..<length {
              let value = term(weights[offset &+ index])
              sum += Double(value)
              minor[first &+ index] += value
            }
            major[line] = Float(sum)
          }
        }
      }
    }
    return layout.isInputMajor ? (minor, major) : (major, minor)
  }
}
