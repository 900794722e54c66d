public import PruneCore

/// The dense network's outputs for every example of a set, looked up by example index.
public struct TeacherOutputs: Sendable {
  private let values: [Float]
  private let exampleShape: [Int]

  /// - Parameter outputs: one tensor per consecutive batch, `[n, …]`, as ``Evaluator/outputs(_:with:on:)`` returns them.
  /// - Returns: `nil` where the outputs are not floating-point numbers per example.
  public init?(_ outputs: [HostTensor]) {
    guard let shape = outputs.first?.shape, !shape.isEmpty else { return nil }
    exampleShape = Array(shape.dropFirst())
    var values: [Float] = []
    for output in outputs {
      guard let floats = output.floats, Array(output.shape.dropFirst()) == exampleShape else {
        return nil
      }
      values += floats
    }
    self.values = values
  }

  /// Root mean square of the last axis's entries about their mean: how far logits lie apart.
  var spread: Float {
    guard let width = exampleShape.last, width > 1, !values.isEmpty else { return 0 }
    var sum = 0.0
    for start in stride(from: 0, to: values.count, by: width) {
      let row = values[start..<start + width]
      let mean = row.reduce(0, +) / Float(width)
      for value in row { sum += Double((value - mean) * (value - mean)) }
    }
    return Float((sum / Double(values.count)).squareRoot())
  }

  func batch(_ indices: [Int]) -> [HostTensor] {
    let width = HostTensor.elementCount(of: exampleShape)
    var rows: [Float] = []
    rows.reserveCapacity(indices.count * width)
    for index in indices { rows += values[index * width..<(index + 1) * width] }
    return [HostTensor(rows, shape: [indices.count] + exampleShape)]
  }
}
