import Foundation
import PruneCore

/// What a branch puts out once the weights of its last layers are zero: what their biases come to.
struct BranchConstant {
  private let graph: Graph
  private let shapes: [String: [Int]]
  private let branch: ResidualBranch
  private let producers: [String: Node]

  /// - Parameter graph: the analysed one, or one with other weights.
  init(_ branch: ResidualBranch, of graph: Graph, shapes: [String: [Int]]) {
    self.branch = branch
    self.graph = graph
    self.shapes = shapes
    var producers: [String: Node] = [:]
    for node in graph.nodes {
      for output in node.outputs where branch.made.contains(output) { producers[output] = node }
    }
    self.producers = producers
  }

  /// As small as it can be to be broadcast over the branch's output: `[]`, `[D]` or `[C, 1, 1]`; `nil` where an operator
  /// on the way is not known.
  var tensor: HostTensor? { value(branch.output) }

  private func value(_ name: String) -> HostTensor? {
    guard let node = producers[name], let shape = shapes[name] else {
      guard let tensor = graph.parameter(named: name), tensor.elementType == .float32 else {
        return nil
      }
      return tensor
    }
    if branch.ends.contains(name) { return bias(of: node, rank: shape.count) }
    switch node.operation {
    case "Identity", "Dropout": return operand(node, 0)
    case "Add": return combined(node, +)
    case "Sub": return combined(node, -)
    case "Mul": return combined(node, *)
    case "BatchNormalization": return normalized(node, rank: shape.count)
    default:
      guard let function = ConstantChannels.functions[node.operation] else { return nil }
      return operand(node, 0)?.mapped { Float(function(Double($0), node)) }
    }
  }

  private func operand(_ node: Node, _ position: Int) -> HostTensor? {
    position < node.inputs.count ? value(node.inputs[position]) : nil
  }

  private func combined(_ node: Node, _ combine: (Float, Float) -> Float) -> HostTensor? {
    guard let left = operand(node, 0), let right = operand(node, 1) else { return nil }
    return left.combined(with: right, combine)
  }

  private func bias(of node: Node, rank: Int) -> HostTensor? {
    let hasBias = node.inputs.count > 2 && !node.inputs[2].isEmpty
    let zero = HostTensor([Float(0)], shape: [])
    switch node.operation {
    case "MatMul": return zero
    case "Gemm":
      let factor = node.float("beta") ?? 1
      return hasBias ? operand(node, 2)?.mapped { $0 * factor } : zero
    case "Conv", "ConvTranspose":
      return hasBias ? operand(node, 2)?.along(channelsOf: rank) : zero
    default: return nil
    }
  }

  private func normalized(_ node: Node, rank: Int) -> HostTensor? {
    let parts = (1...4).compactMap { operand(node, $0)?.along(channelsOf: rank) }
    guard let input = operand(node, 0), parts.count == 4 else { return nil }
    let epsilon = node.float("epsilon") ?? 1e-5
    let scale = parts[0].combined(with: parts[3]) { $0 / ($1 + epsilon).squareRoot() }
    return input.combined(with: parts[2], -)
      .flatMap { difference in scale.flatMap { difference.combined(with: $0, *) } }?
      .combined(with: parts[1], +)
  }
}

extension HostTensor {
  /// `nil` where the elements are no 32-bit floats.
  fileprivate func mapped(_ transform: (Float) -> Float) -> HostTensor? {
    floats.map { HostTensor($0.map(transform), shape: shape) }
  }

  /// `[C]` as `[C, 1, …]` for a value of so many axes, the second of which holds channels.
  fileprivate func along(channelsOf rank: Int) -> HostTensor? {
    guard let values = floats, shape.count == 1, rank >= 2 else { return nil }
    return HostTensor(values, shape: shape + Array(repeating: 1, count: rank - 2))
  }

  /// Element by element, with axes of extent 1 repeated as ONNX broadcasts them; `nil` where the shapes do not fit.
  fileprivate func combined(
    with other: HostTensor, _ combine: (Float, Float) -> Float
  ) -> HostTensor? {
    guard let left = floats, let right = other.floats else { return nil }
    let rank = max(shape.count, other.shape.count)
    let ones = { (shape: [Int]) in Array(repeating: 1, count: rank - shape.count) + shape }
    let (first, second) = (ones(shape), ones(other.shape))
    guard zip(first, second).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
    let result = zip(first, second).map(max)
    var count = 1
    for extent in result {
      guard extent == 0 || count <= Self.mostConstants / extent else { return nil }
      count *= extent
    }
    let values = (0..<count).map { index in
      combine(
        left[Self.position(of: index, in: result, stored: first)],
        right[Self.position(of: index, in: result, stored: second)])
    }
    return HostTensor(values, shape: result)
  }

  private static func position(of index: Int, in shape: [Int], stored: [Int]) -> Int {
    var (rest, position, stride) = (index, 0, 1)
    for axis in shape.indices.reversed() {
      let along = rest % shape[axis]
      rest /= shape[axis]
      if stored[axis] != 1 { position += along * stride }
      stride *= stored[axis]
    }
    return position
  }

  /// A constant that is as large as images is not worth keeping.
  private static var mostConstants: Int { 1 << 20 }
}
