import PruneCore

extension RandomGraph {
  /// One layer on `[N, F]`.
  mutating func vectorStep(_ value: Value) -> Value {
    switch pick(12) {
    case 0, 1: return activation(linear(value, to: 4 + pick(8)))
    case 2: return scaled(linear(value, to: 6))
    case 3: return cut(linear(value, to: 8), axis: 1)
    case 4:
      let wide = activation(linear(value, to: 6))
      if pick(2) == 0 { return added(linear(activation(linear(wide, to: 4)), to: 6), to: wide) }
      return joined(wide, linear(wide, to: 6))
    case 5: return tied(value)
    case 9, 10: return rare(linear(value, to: 6))
    case 6: return passed(rearranged(linear(value, to: 5)))
    case 7:
      let wide = linear(value, to: 6)
      return node(
        "BatchNormalization",
        [
          wide, weight([6], around: 1), weight([6]), weight([6]),
          weight([6], scale: 0.4, around: 1),
        ],
        wide.shape)
    case 8:
      let wide = linear(value, to: 12)
      let parted = reshaped(wide, [-1, 3, 4], [1, 3, 4])
      let mixed = node("MatMul", [activation(parted), weight([4, 2])], [1, 3, 2])
      return node("Flatten", [mixed], [1, 6])
    default:
      let wide = linear(value, to: 5)
      let shared = node(pick(["Softmax", "LogSoftmax"]), [wide], wide.shape, [Self.int("axis", 1)])
      return joined(shared, wide)
    }
  }

  mutating func linear(_ value: Value, to outputs: Int) -> Value {
    let inputs = value.channels
    let scale = 1.5 / Double(inputs).squareRoot()
    let shape = [1, outputs]
    if pick(3) == 0 {
      let product = node("MatMul", [value, weight([inputs, outputs], scale: scale)], shape)
      return pick(2) == 0 ? product : node("Add", [product, weight([outputs])], shape)
    }
    let isTransposed = pick(2) == 0
    let matrix = weight(isTransposed ? [outputs, inputs] : [inputs, outputs], scale: scale)
    var operands = [value, matrix]
    if pick(4) > 0 || opset < 11 { operands.append(weight(pick([[outputs], [1, outputs], [1]]))) }
    return node(
      "Gemm", operands, shape,
      [Self.int("transB", isTransposed ? 1 : 0), Attribute("alpha", .float(0.9))])
  }

  /// The same stored matrix there and back.
  private mutating func tied(_ value: Value) -> Value {
    let matrix = weight([value.channels, 6], scale: 1 / Double(value.channels).squareRoot())
    let code = node("MatMul", [value, matrix], [1, 6])
    let back = node(
      "Gemm", [activation(code), matrix, weight([1])], value.shape, [Self.int("transB", 1)])
    return linear(joined(value, back), to: 6)
  }
}
