import PruneCore

/// A stored matrix or filter bank that a layer sums its input channels with.
struct ConsumedWeight {
  let outputs: Int
  let inputs: Int
  /// `true` where every output position sees every weight, which padding prevents.
  let isUniform: Bool
  /// Factors of the product and of the bias.
  let scales: (product: Double, bias: Double)
  private let values: [Float]
  private let area: Int
  private let isInputMajor: Bool

  /// Reads the weight of a node; `nil` for other operators, groups, and weights that are computed or rearranged.
  init?(_ node: Node, _ map: ChannelMap, _ stored: [String: HostTensor]) {
    guard node.inputs.count > 1, let weight = stored[node.inputs[1]], let values = weight.floats,
      map.values[node.inputs[0]]?.isStored == false
    else { return nil }
    self.values = values
    switch node.operation {
    case "Conv":
      guard node.int("group") ?? 1 == 1, weight.shape.count >= 3 else { return nil }
      (outputs, inputs) = (weight.shape[0], weight.shape[1])
      area = weight.shape.dropFirst(2).reduce(1, *)
      let padding = node.string("auto_pad") ?? "NOTSET"
      isUniform =
        padding == "VALID"
        || padding == "NOTSET" && (node.ints("pads") ?? []).allSatisfy { $0 == 0 }
      isInputMajor = false
      scales = (1, 1)
    case "Gemm":
      guard weight.shape.count == 2, node.int("transA") ?? 0 == 0 else { return nil }
      isInputMajor = node.int("transB") != 1
      (outputs, inputs) =
        isInputMajor
        ? (weight.shape[1], weight.shape[0]) : (weight.shape[0], weight.shape[1])
      (area, isUniform) = (1, true)
      scales = (Double(node.float("alpha") ?? 1), Double(node.float("beta") ?? 1))
    case "MatMul":
      guard weight.shape.count == 2 else { return nil }
      (outputs, inputs) = (weight.shape[1], weight.shape[0])
      (area, isUniform, isInputMajor) = (1, true, true)
      scales = (1, 1)
    default: return nil
    }
  }

  /// Sum of one input channel's weights for one output, times the product's factor.
  func sum(output: Int, input: Int) -> (sum: Double, isZero: Bool) {
    let start = (isInputMajor ? input * outputs + output : output * inputs + input) * area
    var sum = 0.0
    var isZero = true
    for value in values[start..<start + area] where value != 0 {
      sum += Double(value)
      isZero = false
    }
    return (sum * scales.product, isZero)
  }

  /// Scaled bias, `[outputs]`; `nil` where there is none, or where it is not one number per output or one for all.
  func bias(of node: Node, _ stored: [String: HostTensor]) -> [Double]? {
    guard node.inputs.count > 2, let tensor = stored[node.inputs[2]], let numbers = tensor.floats
    else { return nil }
    if numbers.count == outputs { return numbers.map { Double($0) * scales.bias } }
    return numbers.count == 1
      ? Array(repeating: Double(numbers[0]) * scales.bias, count: outputs) : nil
  }
}
