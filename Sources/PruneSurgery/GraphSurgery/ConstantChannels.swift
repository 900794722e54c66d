import Foundation
import PruneCore

/// Channels that hold one value for every input, such as those whose filter is zero: the activation of their bias.
///
/// Only constants that stored numbers prove are found; outputs of operators that are not listed count as varying.
struct ConstantChannels {
  /// Constants by value name, one entry per position along the value's only axis of channels; `nil` where it varies.
  private(set) var values: [String: [Double?]] = [:]

  private let map: ChannelMap
  private let stored: [String: HostTensor]

  /// - Parameter nodes: in topological order; values that other nodes make count as varying.
  init(_ nodes: [Node], _ map: ChannelMap, stored: [String: HostTensor]) {
    self.map = map
    self.stored = stored
    for node in nodes { visit(node) }
  }

  /// Position of the only axis with channels; `nil` where there are none or several.
  static func channelAxis(_ value: TrackedValue) -> Int? {
    let axes = value.axes.indices.filter { value.axes[$0].channels != nil }
    return axes.count == 1 ? axes[0] : nil
  }

  private mutating func visit(_ node: Node) {
    guard let output = node.outputs.first, let value = map.values[output], !value.isStored,
      let axis = Self.channelAxis(value), let found = constants(of: node, axis, value.shape[axis]),
      found.count == value.shape[axis], found.contains(where: { $0 != nil })
    else { return }
    values[output] = found
  }

  private func constants(of node: Node, _ axis: Int, _ extent: Int) -> [Double?]? {
    if let function = Self.functions[node.operation] {
      return known(node, 0)?.map { $0.map { function($0, node) } }
    }
    switch node.operation {
    case "Conv", "Gemm", "MatMul": return product(node, extent)
    case "BatchNormalization": return normalized(node, extent)
    case "Add", "Mul": return combined(node, extent)
    // Padding is left out of a maximum.
    case "MaxPool", "GlobalAveragePool", "GlobalMaxPool", "Identity", "Dropout":
      return known(node, 0)
    case "AveragePool": return node.int("count_include_pad") == 1 ? nil : known(node, 0)
    case "Flatten", "Reshape": return spread(node, extent)
    case "Concat": return joined(node, axis)
    default: return nil
    }
  }

  private func known(_ node: Node, _ position: Int) -> [Double?]? {
    position < node.inputs.count ? values[node.inputs[position]] : nil
  }

  private static let functions: [String: @Sendable (Double, Node) -> Double] = [
    "Relu": { value, _ in max(0, value) },
    "Sigmoid": { value, _ in 1 / (1 + exp(-value)) },
    "Tanh": { value, _ in tanh(value) },
    "LeakyRelu": { value, node in value < 0 ? value * Double(node.float("alpha") ?? 0.01) : value },
    "Elu": { value, node in value < 0 ? Double(node.float("alpha") ?? 1) * expm1(value) : value },
    "Softplus": { value, _ in log1p(exp(value)) },
    "Neg": { value, _ in -value },
    "Abs": { value, _ in abs(value) },
  ]

  // MARK: Layers

  /// Constants of a layer's outputs: those all of whose weights that are not zero read constants.
  private func product(_ node: Node, _ extent: Int) -> [Double?]? {
    guard let layer = ConsumedWeight(node, map, stored), layer.outputs == extent else { return nil }
    let inputs = known(node, 0)
    let bias = layer.bias(of: node, stored)
    return (0..<extent).map { output in
      var sum = bias?[output] ?? 0
      for input in 0..<layer.inputs {
        let weight = layer.sum(output: output, input: input)
        if weight.isZero { continue }
        guard let constant = inputs?[input] else { return nil }
        if constant == 0 { continue }
        guard layer.isUniform else { return nil }
        sum += weight.sum * constant
      }
      return sum
    }
  }

  private func normalized(_ node: Node, _ extent: Int) -> [Double?]? {
    let parts = (1...4).compactMap { position in
      position < node.inputs.count ? stored[node.inputs[position]]?.floats : nil
    }
    guard parts.count == 4, parts.allSatisfy({ $0.count == extent }) else { return nil }
    let epsilon = Double(node.float("epsilon") ?? 1e-5)
    let inputs = known(node, 0)
    return (0..<extent).map { channel in
      let (scale, shift) = (Double(parts[0][channel]), Double(parts[1][channel]))
      if scale == 0 { return shift }
      guard let constant = inputs?[channel] else { return nil }
      let deviation = (Double(parts[3][channel]) + epsilon).squareRoot()
      return (constant - Double(parts[2][channel])) / deviation * scale + shift
    }
  }

  private func combined(_ node: Node, _ extent: Int) -> [Double?]? {
    guard node.inputs.count == 2 else { return nil }
    let operands = node.inputs.map { operand($0, extent) }
    guard let left = operands[0], let right = operands[1] else { return nil }
    return zip(left, right).map { one, other in
      if node.operation == "Mul", one == 0 || other == 0 { return 0 }
      guard let one, let other else { return nil }
      return node.operation == "Add" ? one + other : one * other
    }
  }

  /// Constants of an operand: a known value, or a stored one that varies along channels only.
  private func operand(_ name: String, _ extent: Int) -> [Double?]? {
    guard let value = map.values[name] else { return nil }
    guard value.isStored else {
      guard let axis = Self.channelAxis(value), value.shape[axis] == extent else { return nil }
      return values[name] ?? Array(repeating: nil, count: extent)
    }
    guard let numbers = stored[name]?.floats else { return nil }
    if numbers.count == 1 { return Array(repeating: Double(numbers[0]), count: extent) }
    guard let axis = Self.channelAxis(value), numbers.count == extent, value.shape[axis] == extent
    else { return nil }
    return numbers.map { Double($0) }
  }

  /// Constants of flattened channels, repeated over their positions.
  private func spread(_ node: Node, _ extent: Int) -> [Double?]? {
    guard let input = known(node, 0), let source = map.values[node.inputs[0]],
      let output = map.values[node.outputs[0]], let from = Self.channelAxis(source),
      let to = Self.channelAxis(output), case .channels(let before) = source.axes[from],
      case .channels(let after) = output.axes[to]
    else { return nil }
    var constants: [Int: Double?] = [:]
    for (channel, constant) in zip(before, input) { constants[channel] = constant }
    return after.map { constants[$0] ?? nil }
  }

  private func joined(_ node: Node, _ axis: Int) -> [Double?]? {
    var result: [Double?] = []
    for name in node.inputs {
      guard let value = map.values[name], axis < value.rank else { return nil }
      result += values[name] ?? Array(repeating: nil, count: value.shape[axis])
    }
    return result
  }
}
