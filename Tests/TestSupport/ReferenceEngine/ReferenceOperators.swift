import Foundation
import PruneCore

/// Forward and backward rules of the few operators that tiny models use.
struct ReferenceOperator {
  static let supported: Set<String> = [
    "Add", "Constant", "Flatten", "Gemm", "Identity", "MatMul", "Relu", "Reshape", "Sigmoid",
    "Softmax", "Tanh", "Transpose",
  ]

  let node: Node

  private func failure(_ message: String) -> EngineError {
    .failed(operation: node.operation, node: node.label, message: message)
  }

  // MARK: Forward

  func forward(_ inputs: [HostTensor]) throws(EngineError) -> HostTensor {
    guard let first = inputs.first, let values = first.floats else { throw failure("no input") }
    switch node.operation {
    case "Identity": return first
    case "Relu": return HostTensor(values.map { max(0, $0) }, shape: first.shape)
    case "Tanh": return HostTensor(values.map { Foundation.tanh($0) }, shape: first.shape)
    case "Sigmoid": return HostTensor(values.map { 1 / (1 + exp(-$0)) }, shape: first.shape)
    case "Flatten":
      let rows = first.shape.first ?? 1
      return first.reshaped([rows, rows > 0 ? first.count / rows : 0])
    case "Reshape": return first.reshaped(try target(of: first, inputs))
    case "Transpose":
      guard first.shape.count == 2 else { throw failure("only matrices are transposed") }
      return Matrix(first).transposed.tensor
    case "Softmax":
      let width = max(first.shape.last ?? 1, 1)
      return HostTensor(Rows.softmax(values, width: width), shape: first.shape)
    case "Add":
      guard inputs.count == 2 else { throw failure("needs two inputs") }
      return try add(first, inputs[1])
    case "MatMul", "Gemm": return try product(inputs)
    default: throw failure("not supported")
    }
  }

  private func target(of tensor: HostTensor, _ inputs: [HostTensor]) throws(EngineError) -> [Int] {
    guard inputs.count > 1, var target = inputs[1].integers else { throw failure("no shape") }
    for axis in target.indices where target[axis] == 0 && axis < tensor.shape.count {
      target[axis] = tensor.shape[axis]
    }
    // A batch fixed to 1 by the export stands for any batch.
    if !target.contains(-1), target.reduce(1, *) != tensor.count, target.first == 1 {
      target[0] = -1
    }
    if let free = target.firstIndex(of: -1) {
      let known = target.filter { $0 != -1 }.reduce(1, *)
      target[free] = known > 0 ? tensor.count / known : 0
    }
    guard target.reduce(1, *) == tensor.count else {
      throw failure("cannot reshape \(tensor.shape) to \(target)")
    }
    return target
  }

  private func add(_ left: HostTensor, _ right: HostTensor) throws(EngineError) -> HostTensor {
    let (large, small) = left.count >= right.count ? (left, right) : (right, left)
    guard let values = large.floats, let others = small.floats, !others.isEmpty,
      large.shape.suffix(small.shape.count).elementsEqual(small.shape)
        || small.count == 1
    else { throw failure("cannot add \(left.shape) and \(right.shape)") }
    return HostTensor(
      values.indices.map { values[$0] + others[$0 % others.count] }, shape: large.shape)
  }

  private func product(_ inputs: [HostTensor]) throws(EngineError) -> HostTensor {
    guard inputs.count >= 2, inputs[1].shape.count == 2 else {
      throw failure("only products with a matrix on the right are supported")
    }
    let left = Matrix(inputs[0], isTransposed: node.int("transA") == 1)
    let right = Matrix(inputs[1], isTransposed: node.int("transB") == 1)
    guard left.columns == right.rows else {
      throw failure("cannot multiply \(inputs[0].shape) by \(inputs[1].shape)")
    }
    var result = left.times(right)
    if let alpha = node.float("alpha") { result.values = result.values.map { alpha * $0 } }
    if inputs.count > 2, let bias = inputs[2].floats, !bias.isEmpty {
      let beta = node.float("beta") ?? 1
      for index in result.values.indices { result.values[index] += beta * bias[index % bias.count] }
    }
    return HostTensor(result.values, shape: inputs[0].shape.dropLast() + [result.columns])
  }

  // MARK: Backward

  /// Gradients of the inputs, `nil` for those without one.
  func backward(_ inputs: [HostTensor], output: HostTensor, gradient: [Float]) -> [[Float]?] {
    let values = output.floats ?? []
    switch node.operation {
    case "Identity", "Flatten", "Reshape": return [gradient]
    case "Relu": return [gradient.indices.map { values[$0] > 0 ? gradient[$0] : 0 }]
    case "Tanh": return [gradient.indices.map { gradient[$0] * (1 - values[$0] * values[$0]) }]
    case "Sigmoid": return [gradient.indices.map { gradient[$0] * values[$0] * (1 - values[$0]) }]
    case "Transpose":
      return [Matrix(HostTensor(gradient, shape: output.shape)).transposed.values]
    case "Softmax":
      let width = max(output.shape.last ?? 1, 1)
      return [Rows.softmaxGradient(values, gradient, width: width)]
    case "Add": return inputs.map { Self.folded(gradient, to: $0.count) }
    case "MatMul", "Gemm": return productGradients(inputs, output: output, gradient: gradient)
    default: return inputs.map { _ in nil }
    }
  }

  private func productGradients(
    _ inputs: [HostTensor], output: HostTensor, gradient: [Float]
  ) -> [[Float]?] {
    let alpha = node.float("alpha") ?? 1
    let delta = Matrix(HostTensor(gradient.map { alpha * $0 }, shape: output.shape))
    let left = Matrix(inputs[0], isTransposed: node.int("transA") == 1)
    let right = Matrix(inputs[1], isTransposed: node.int("transB") == 1)
    var ofLeft = delta.times(right.transposed)
    var ofRight = left.transposed.times(delta)
    if node.int("transA") == 1 { ofLeft = ofLeft.transposed }
    if node.int("transB") == 1 { ofRight = ofRight.transposed }
    var result: [[Float]?] = [ofLeft.values, ofRight.values]
    if inputs.count > 2 {
      let beta = node.float("beta") ?? 1
      result.append(Self.folded(gradient, to: inputs[2].count).map { beta * $0 })
    }
    return result
  }

  /// Sums a gradient over the axes that were broadcast.
  private static func folded(_ gradient: [Float], to count: Int) -> [Float] {
    guard count != gradient.count else { return gradient }
    var result = [Float](repeating: 0, count: count)
    for index in gradient.indices { result[index % count] += gradient[index] }
    return result
  }
}
