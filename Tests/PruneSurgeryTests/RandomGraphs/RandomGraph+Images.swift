import PruneCore

extension RandomGraph {
  /// One layer on `[N, C, H, W]`.
  mutating func imageStep(_ value: Value) -> Value {
    switch pick(25) {
    case 0, 1, 2: return convolution(value, to: 2 * (1 + pick(6)))
    case 3, 23: return residual(value)
    case 4: return grouped(value)
    case 5: return convolution(normalized(value), to: 4 + 2 * pick(3))
    case 6: return normalized(convolution(value, to: 6))
    case 7: return pooled(convolution(value, to: 6))
    case 8: return dense(value)
    case 9: return excited(convolution(value, to: 8))
    case 10: return shuffled(value)
    case 11: return cut(convolution(value, to: 8), axis: 1)
    case 12: return resized(value)
    case 13: return regrouped(value)
    case 14: return transposedConvolution(value)
    case 15: return padded(value)
    case 16: return scaled(convolution(value, to: 5))
    case 17: return rearranged(value)
    case 18: return reducedOver(value)
    case 19, 20, 21: return rare(convolution(value, to: 6))
    case 22: return meanVarianceNormalized(convolution(value, to: 6))
    default: return activation(passed(value))
    }
  }

  mutating func convolution(
    _ value: Value, to outputs: Int, kernel: Int? = nil, groups: Int = 1, keepsSize: Bool = false
  ) -> Value {
    let kernel = kernel ?? pick([1, 3])
    let stride = !keepsSize && value.shape[2] >= 6 && pick(4) == 0 ? 2 : 1
    let padding = keepsSize ? kernel / 2 : min(kernel / 2, pick(2))
    guard value.shape[2] + 2 * padding >= kernel, value.shape[3] + 2 * padding >= kernel else {
      return convolution(value, to: outputs, kernel: 1, groups: groups, keepsSize: true)
    }
    func extent(_ size: Int) -> Int { (size + 2 * padding - kernel) / stride + 1 }
    let inputs = value.channels / groups
    var operands = [
      value,
      weight(
        [outputs, inputs, kernel, kernel],
        scale: 1.5 / Double(inputs * kernel * kernel).squareRoot()),
    ]
    if pick(3) > 0 { operands.append(weight([outputs])) }
    return node(
      "Conv", operands, [1, outputs, extent(value.shape[2]), extent(value.shape[3])],
      [
        Self.ints("kernel_shape", [kernel, kernel]), Self.ints("strides", [stride, stride]),
        Self.ints("pads", [padding, padding, padding, padding]), Self.int("group", groups),
      ])
  }

  private mutating func transposedConvolution(_ value: Value) -> Value {
    let stride = value.shape[2] <= 4 ? 2 : 1
    let groups = pick(3) == 0 && value.channels % 2 == 0 ? pick([2, value.channels]) : 1
    let each = 1 + pick(4)
    var operands = [value, weight([value.channels, each, 2, 2], scale: 0.4)]
    if pick(2) == 0 { operands.append(weight([each * groups])) }
    func extent(_ size: Int) -> Int { (size - 1) * stride + 2 }
    return node(
      "ConvTranspose", operands,
      [1, each * groups, extent(value.shape[2]), extent(value.shape[3])],
      [
        Self.ints("kernel_shape", [2, 2]), Self.ints("strides", [stride, stride]),
        Self.int("group", groups),
      ])
  }

  private mutating func grouped(_ value: Value) -> Value {
    let wide = convolution(value, to: pick([4, 6, 8, 12]))
    let options = [wide.channels, 2, wide.channels / 2].filter { wide.channels % $0 == 0 }
    let groups = pick(options)
    return convolution(
      activation(wide), to: groups * (1 + pick(3)), groups: groups, keepsSize: true)
  }

  private mutating func residual(_ value: Value) -> Value {
    let stem = activation(convolution(value, to: 4 + 2 * pick(3)))
    let inner = activation(normalized(convolution(stem, to: 6, keepsSize: true)))
    let branch = convolution(inner, to: stem.channels, keepsSize: true)
    guard pick(3) == 0 else { return added(pick(2) == 0 ? normalized(branch) : branch, to: stem) }
    return joined(stem, branch)
  }

  private mutating func dense(_ value: Value) -> Value {
    let left = activation(convolution(value, to: 3 + pick(4), keepsSize: true))
    let right = convolution(value, to: 2 + pick(4), kernel: 1, keepsSize: true)
    var parts = [left, right]
    if pick(2) == 0 { parts.append(value) }
    let channels = parts.reduce(0) { $0 + $1.channels }
    let all = node(
      "Concat", parts, [1, channels] + value.shape.dropFirst(2), [Self.int("axis", pick([1, -3]))])
    return pick(2) == 0 ? normalized(all) : all
  }

  private mutating func excited(_ value: Value) -> Value {
    let pooled = node(
      pick(["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"]), [value],
      [1, value.channels, 1, 1])
    let narrow = activation(convolution(pooled, to: 3, kernel: 1, keepsSize: true))
    let gate = convolution(narrow, to: value.channels, kernel: 1, keepsSize: true)
    return node("Mul", [value, node("Sigmoid", [gate], gate.shape)], value.shape)
  }

  private mutating func shuffled(_ value: Value) -> Value {
    let groups = 2
    let wide = convolution(value, to: 4 * (1 + pick(3)))
    let first =
      pick(2) == 0 ? wide : convolution(wide, to: wide.channels, groups: groups, keepsSize: true)
    let (channels, height, width) = (first.channels, first.shape[2], first.shape[3])
    let parted = reshaped(
      first, [0, groups, channels / groups, height, width],
      [1, groups, channels / groups, height, width])
    let turned = node(
      "Transpose", [parted], [1, channels / groups, groups, height, width],
      [Self.ints("perm", [0, 2, 1, 3, 4])])
    return reshaped(turned, [0, pick([-1, channels]), height, width], first.shape)
  }

  private mutating func padded(_ value: Value) -> Value {
    let wide = convolution(value, to: 4)
    let (before, after) = (pick(3), pick(3))
    let pads = [0, before, 1, 0, 0, after, 0, 1]
    let shape = [1, wide.channels + before + after, wide.shape[2] + 1, wide.shape[3] + 1]
    let padded: Value
    if opset < 11 {
      padded = node("Pad", [wide], shape, [Self.ints("pads", pads)])
    } else {
      padded = node("Pad", [wide, integers(pads), scalar(pick([0, 0.5]))], shape)
    }
    guard pick(2) == 0 else { return padded }
    let other = convolution(padded, to: padded.channels, keepsSize: true)
    return joined(padded, other)
  }

  private mutating func regrouped(_ value: Value) -> Value {
    guard value.shape[2] % 2 == 0, value.shape[3] % 2 == 0 else { return value }
    let deep = node(
      "SpaceToDepth", [value],
      [1, 4 * value.channels, value.shape[2] / 2, value.shape[3] / 2], [Self.int("blocksize", 2)])
    let mixed = convolution(deep, to: 4 * (1 + pick(2)), keepsSize: true)
    guard pick(2) == 0 else { return mixed }
    let mode = opset >= 11 ? [Attribute("mode", .string(Array(pick(["DCR", "CRD"]).utf8)))] : []
    return node(
      "DepthToSpace", [mixed],
      [1, mixed.channels / 4, 2 * mixed.shape[2], 2 * mixed.shape[3]],
      [Self.int("blocksize", 2)] + mode)
  }

  private mutating func resized(_ value: Value) -> Value {
    guard value.shape[2] <= 8, value.shape[3] <= 8 else { return pooled(value) }
    let wide = convolution(value, to: 5)
    let shape = [1, 5, 2 * wide.shape[2], 2 * wide.shape[3]]
    if opset < 11 {
      let scales = floats([1, 1, 2, 2])
      return node(opset < 10 ? "Upsample" : "Resize", [wide, scales], shape)
    }
    guard pick(2) == 0, opset >= 13 else {
      return node("Resize", [wide, floats([]), floats([1, 1, 2, 2])], shape)
    }
    let extents = node("Shape", [wide], [4])
    let batch = node("Gather", [extents, integers([0])], [1], [Self.int("axis", 0)])
    let sizes = node(
      "Concat", [batch, integers(Array(shape.dropFirst()))], [4], [Self.int("axis", 0)])
    return node("Resize", [wide, Self.absent, Self.absent, sizes], shape)
  }

  private mutating func pooled(_ value: Value) -> Value {
    guard value.shape[2] >= 4, value.shape[3] >= 4 else { return value }
    let shape = [1, value.channels, value.shape[2] / 2, value.shape[3] / 2]
    return node(
      pick(["MaxPool", "AveragePool", "LpPool"]), [value], shape,
      [Self.ints("kernel_shape", [2, 2]), Self.ints("strides", [2, 2])])
  }

  mutating func normalized(_ value: Value) -> Value {
    let channels = value.channels
    switch pick(6) {
    case 0:
      return node(
        "InstanceNormalization",
        [value, weight([channels], around: 1), weight([channels])], value.shape)
    case 1 where opset >= 18 && channels % 2 == 0:
      let count = opset >= 21 ? channels : 2
      return node(
        "GroupNormalization", [value, weight([count], around: 1), weight([count])], value.shape,
        [Self.int("num_groups", 2)])
    case 2: return node("LRN", [value], value.shape, [Self.int("size", 3)])
    default:
      return node(
        "BatchNormalization",
        [
          value, weight([channels], around: 1), weight([channels]), weight([channels]),
          weight([channels], scale: 0.4, around: 1),
        ], value.shape)
    }
  }

  private mutating func meanVarianceNormalized(_ value: Value) -> Value {
    let axes = pick([[2, 3], [1, 2, 3]])
    return node("MeanVarianceNormalization", [value], value.shape, [Self.ints("axes", axes)])
  }

  /// A reduction over space or channels, broadcast back.
  private mutating func reducedOver(_ value: Value) -> Value {
    let axes = pick([[2, 3], [3], [1]])
    var shape = value.shape
    for axis in axes { shape[axis] = 1 }
    let operation = pick(["ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceLogSumExp"])
    let attributes = [Self.ints("axes", axes), Self.int("keepdims", 1)]
    let reduced =
      opset >= 18
      ? node(operation, [value, integers(axes)], shape, [Self.int("keepdims", 1)])
      : node(operation, [value], shape, attributes)
    let gate = node("Sigmoid", [reduced], shape)
    return node("Mul", [value, gate], value.shape)
  }

  // MARK: To other ranks

  mutating func vector(from value: Value) -> Value {
    switch pick(4) {
    case 0:
      let pooled = node("GlobalAveragePool", [value], [1, value.channels, 1, 1])
      if value.channels > 1, pick(3) == 0, opset < 13 {
        return reshaped(pooled, [0, -1], [1, value.channels])
      }
      return nodeWithAxes("Squeeze", pooled, [2, 3], [1, value.channels], since: 13)
    case 1:
      let count = value.shape.dropFirst().reduce(1, *)
      return reshaped(value, [-1, count], [1, count])
    case 2:
      let count = value.shape.dropFirst().reduce(1, *)
      return reshaped(value, [0, -1], [1, count])
    default:
      return node(
        "Flatten", [value], [1, value.shape.dropFirst().reduce(1, *)],
        pick(2) == 0 ? [] : [Self.int("axis", 1)])
    }
  }

  /// `[N, C, H, W]` → `[N, H · W, C]`.
  mutating func sequence(from value: Value) -> Value {
    let positions = value.shape[2] * value.shape[3]
    let flat = reshaped(value, [0, 0, -1], [1, value.channels, positions])
    let turned = node(
      "Transpose", [flat], [1, positions, value.channels], [Self.ints("perm", [0, 2, 1])])
    return projection(turned, to: 2 * (2 + pick(4)))
  }
}
