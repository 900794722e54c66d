import Foundation
import PruneCore

/// A dense row-major matrix; leading axes of a tensor are rows.
struct Matrix {
  var rows: Int
  var columns: Int
  var values: [Float]

  init(rows: Int, columns: Int, values: [Float]) {
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  init(_ tensor: HostTensor, isTransposed: Bool = false) {
    columns = tensor.shape.last ?? 1
    rows = columns > 0 ? tensor.count / columns : 0
    values = tensor.floats ?? []
    if isTransposed { self = transposed }
  }

  var tensor: HostTensor { HostTensor(values, shape: [rows, columns]) }

  var transposed: Matrix {
    var result = [Float](repeating: 0, count: values.count)
    result.withUnsafeMutableBufferPointer { result in
      values.withUnsafeBufferPointer { values in
        for row in 0..<rows {
          for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
        }
      }
    }
    return Matrix(rows: columns, columns: rows, values: result)
  }

  func times(_ right: Matrix) -> Matrix {
    var result = [Float](repeating: 0, count: rows * right.columns)
    let width = right.columns
    result.withUnsafeMutableBufferPointer { result in
      values.withUnsafeBufferPointer { left in
        right.values.withUnsafeBufferPointer { right in
          for row in 0..<rows {
            for inner in 0..<columns {
              let factor = left[row &* columns &+ inner]
              if factor == 0 { continue }
              for column in 0..<width {
                result[row &* width &+ column] += factor * right[inner &* width &+ column]
              }
            }
          }
        }
      }
    }
    return Matrix(rows: rows, columns: width, values: result)
  }
}

/// Functions of each row of a matrix.
enum Rows {
  static func softmax(_ values: [Float], width: Int, temperature: Float = 1) -> [Float] {
    logSoftmax(values, width: width, temperature: temperature).map { exp($0) }
  }

  static func logSoftmax(_ values: [Float], width: Int, temperature: Float = 1) -> [Float] {
    var result = values
    for start in stride(from: 0, to: values.count, by: width) {
      let row = values[start..<start + width].map { Double($0 / temperature) }
      let largest = row.max() ?? 0
      let logSum = largest + log(row.reduce(0) { $0 + exp($1 - largest) })
      for (offset, value) in row.enumerated() { result[start + offset] = Float(value - logSum) }
    }
    return result
  }

  static func softmaxGradient(_ outputs: [Float], _ gradient: [Float], width: Int) -> [Float] {
    var result = gradient
    for start in stride(from: 0, to: outputs.count, by: width) {
      let row = start..<start + width
      let mean = row.reduce(Float(0)) { $0 + outputs[$1] * gradient[$1] }
      for index in row { result[index] = outputs[index] * (gradient[index] - mean) }
    }
    return result
  }
}
