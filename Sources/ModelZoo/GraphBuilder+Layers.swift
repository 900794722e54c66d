internal import PruneCore

extension GraphBuilder {
  /// `Gemm` with weight `[outputs, inputs]`.
  mutating func linear(
    _ value: String, name: String, inputs: Int, outputs: Int, weight: Initialization,
    bias: Initialization? = .zeros
  ) throws(ArchitectureError) -> String {
    var operands = [value, try self.weight("\(name).weight", [outputs, inputs], weight)]
    if let bias { operands.append(try self.weight("\(name).bias", [outputs], bias)) }
    return node("Gemm", operands, name: name, [Attribute("transB", .int(1))])
  }

  /// Square `Conv` with weight `[outputs, inputs / groups, kernel, kernel]`.
  mutating func convolution(
    _ value: String, name: String, inputs: Int, outputs: Int, kernel: Int, stride: Int = 1,
    padding: Int = 0, groups: Int = 1, weight: Initialization, bias: Initialization? = nil
  ) throws(ArchitectureError) -> String {
    let shape = [outputs, inputs / groups, kernel, kernel]
    var operands = [value, try self.weight("\(name).weight", shape, weight)]
    if let bias { operands.append(try self.weight("\(name).bias", [outputs], bias)) }
    let (kernel, stride, padding) = (Int64(kernel), Int64(stride), Int64(padding))
    return node(
      "Conv", operands, name: name,
      [
        Attribute("kernel_shape", .ints([kernel, kernel])),
        Attribute("strides", .ints([stride, stride])),
        Attribute("pads", .ints([padding, padding, padding, padding])),
        Attribute("group", .int(Int64(groups))),
      ])
  }

  /// `BatchNormalization` with scale 1, shift 0, running mean 0, running variance 1.
  mutating func batchNormalization(
    _ value: String, name: String, channels: Int
  ) throws(ArchitectureError) -> String {
    let operands = [
      value,
      try weight("\(name).weight", [channels], .ones),
      try weight("\(name).bias", [channels], .zeros),
      try weight("\(name).running_mean", [channels], .zeros),
      try weight("\(name).running_var", [channels], .ones),
    ]
    return node(
      "BatchNormalization", operands, name: name,
      [Attribute("epsilon", .float(1e-5)), Attribute("momentum", .float(0.9))])
  }

  /// `LayerNormalization` over the last axis, of extent `width`.
  mutating func layerNormalization(
    _ value: String, name: String, width: Int
  ) throws(ArchitectureError) -> String {
    let operands = [
      value, try weight("\(name).weight", [width], .ones),
      try weight("\(name).bias", [width], .zeros),
    ]
    return node(
      "LayerNormalization", operands, name: name,
      [Attribute("axis", .int(-1)), Attribute("epsilon", .float(1e-5))])
  }

  mutating func relu(_ value: String) -> String { node("Relu", [value]) }

  mutating func flatten(_ value: String) -> String { node("Flatten", [value]) }

  /// `MaxPool` over windows of 2×2 without overlap.
  mutating func maximumPool(_ value: String) -> String {
    node(
      "MaxPool", [value],
      [Attribute("kernel_shape", .ints([2, 2])), Attribute("strides", .ints([2, 2]))])
  }

  /// Global average pool, `[N, C, H, W]` to `[N, C]`.
  mutating func globalAverage(_ value: String) -> String {
    flatten(node("GlobalAveragePool", [value]))
  }
}
