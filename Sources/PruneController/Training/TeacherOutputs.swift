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

  func batch(_ indices: [Int]) -> [HostTensor] {
    let width = HostTensor.elementCount(of: exampleShape)
    var rows: [Float] = []
    rows.reserveCapacity(indices.count * width)
    for index in indices { rows += values[index * width..<(index + 1) * width] }
    return [HostTensor(rows, shape: [indices.count] + exampleShape)]
  }
}
