/// Running mean and spread of a column over kept connections.
struct ColumnMoments {
  private var count = 0
  private var shift = 0.0
  private var sum = 0.0
  private var squareSum = 0.0

  /// - Parameter first: position in `kept` of the first value.
  mutating func add(_ values: UnsafeMutableBufferPointer<Float>, kept: [Bool]?, from first: Int) {
    for index in 0..<values.count where kept?[first + index] ?? true {
      if count == 0 { shift = Double(values[index]) }
      let value = Double(values[index]) - shift
      count += 1
      sum += value
      squareSum += value * value
    }
  }

  var mean: Float { count > 0 ? Float(shift + sum / Double(count)) : 0 }

  /// 1 / standard deviation; 0 where all values are equal within rounding.
  var inverseDeviation: Float {
    guard count > 0 else { return 0 }
    let mean = sum / Double(count)
    let variance = squareSum / Double(count) - mean * mean
    return variance > 1e-10 ? Float(1 / variance.squareRoot()) : 0
  }
}
