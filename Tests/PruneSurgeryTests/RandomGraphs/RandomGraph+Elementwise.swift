import PruneCore

extension RandomGraph {
  /// A function of each position, for any rank.
  mutating func activation(_ value: Value) -> Value {
    var plain = [
      "Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Selu", "Softplus", "Softsign", "HardSigmoid",
      "Abs", "Neg", "Sin", "Cos", "Erf", "Identity", "Sign", "Floor", "Ceil", "Atan", "Asinh",
      "Sinh", "Cosh", "Exp",
    ]
    if opset >= 11 { plain.append("Round") }
    if opset >= 10 { plain.append("ThresholdedRelu") }
    if opset >= 12 { plain.append("Celu") }
    if opset >= 14 { plain.append("HardSwish") }
    if opset >= 18 { plain.append("Mish") }
    if opset >= 20 { plain.append("Gelu") }
    let operation = pick(plain)
    // Steps and growth make rounding errors large; a bounded argument keeps them small.
    let isWild = ["Sign", "Floor", "Ceil", "Round", "Exp", "Sinh", "Cosh"].contains(operation)
    let argument = isWild ? node("Sigmoid", [value], value.shape) : value
    return node(operation, [argument], value.shape)
  }

  /// A function with a constant beside it, broadcast along some axes.
  mutating func scaled(_ value: Value) -> Value {
    var shape = value.shape
    shape[0] = 1
    for axis in 2..<max(2, shape.count) where pick(2) == 0 { shape[axis] = 1 }
    if pick(4) == 0 { shape[1] = 1 }
    if pick(2) == 0 { shape.removeFirst() }
    switch pick(9) {
    case 0: return node("Mul", [value, weight(shape)], value.shape)
    case 1: return node("Sub", [weight(shape), value], value.shape)
    case 2: return node("Div", [value, weight(shape, scale: 0.3, around: 1)], value.shape)
    case 3: return node("Max", [value, weight(shape)], value.shape)
    case 4: return node("Min", [weight(shape), value, weight(shape)], value.shape)
    case 5:
      let slope = Array(shape.suffix(value.shape.count - 1))
      return node("PRelu", [value, weight(slope)], value.shape)
    case 6:
      let squared = node("Mul", [value, value], value.shape)
      return node("Pow", [activation(squared, "Softplus"), scalar(0.5)], value.shape)
    case 7:
      let condition = node(
        "Greater", [value, weight(shape)], value.shape)
      return node("Where", [condition, value, node("Neg", [value], value.shape)], value.shape)
    default: return node("Add", [value, weight(shape)], value.shape)
    }
  }

  private mutating func activation(_ value: Value, _ operation: String) -> Value {
    node(operation, [value], value.shape)
  }

  /// Operators that change nothing, or only the type.
  mutating func passed(_ value: Value) -> Value {
    switch pick(5) {
    case 0: return node("Identity", [value], value.shape)
    case 1: return node("Dropout", [value], value.shape)
    case 2:
      let wide = node("Cast", [value], value.shape, [Self.int("to", 11)])
      return node("Cast", [wide], value.shape, [Self.int("to", 1)])
    case 3 where opset >= 11:
      return node("Clip", [value, scalar(-1), scalar(1)], value.shape)
    default:
      return node("Sum", [value, value, node("Tanh", [value], value.shape)], value.shape)
    }
  }

  /// Two values of one shape as one.
  mutating func joined(_ left: Value, _ right: Value) -> Value {
    node(pick(["Add", "Sub", "Mul", "Max", "Min", "Sum", "Mean"]), [left, right], left.shape)
  }

  /// A residual path beside a branch.
  mutating func added(_ branch: Value, to path: Value) -> Value {
    node("Add", pick(2) == 0 ? [path, branch] : [branch, path], path.shape)
  }

  /// Rank and extents kept, by way of more axes or other orders.
  mutating func rearranged(_ value: Value) -> Value {
    let rank = value.shape.count
    switch pick(4) {
    case 0:
      let axis = 1 + pick(rank)
      var shape = value.shape
      shape.insert(1, at: axis)
      let wide = nodeWithAxes("Unsqueeze", value, [axis], shape, since: 13)
      return nodeWithAxes("Squeeze", wide, [axis], value.shape, since: 13)
    case 1:
      var order = Array(1..<rank)
      for index in order.indices.reversed() { order.swapAt(index, pick(index + 1)) }
      order = [0] + order
      let turned = node(
        "Transpose", [value], order.map { value.shape[$0] }, [Self.ints("perm", order)])
      let middle = activation(turned)
      let back = (0..<rank).map { axis in order.firstIndex(of: axis) ?? 0 }
      return node("Transpose", [middle], value.shape, [Self.ints("perm", back)])
    case 2:
      // A shape computed from the value itself.
      let shape = node("Shape", [value], [rank])
      let flat = reshaped(value, [0, -1], [1, value.shape.dropFirst().reduce(1, *)])
      return node("Reshape", [activation(flat), shape], value.shape)
    default:
      let shape = node("Shape", [value], [rank])
      let batch = node("Gather", [shape, integers([0])], [1], [Self.int("axis", 0)])
      let rest = integers(Array(value.shape.dropFirst()))
      let target = node("Concat", [batch, rest], [rank], [Self.int("axis", 0)])
      return node("Reshape", [value, target], value.shape)
    }
  }

  mutating func reshaped(_ value: Value, _ target: [Int], _ shape: [Int]) -> Value {
    node("Reshape", [value, integers(target)], shape)
  }

  /// Channels along an axis cut, permuted or repeated, and put together again.
  mutating func cut(_ value: Value, axis: Int) -> Value {
    let extent = value.shape[axis]
    func shape(_ channels: Int) -> [Int] {
      var shape = value.shape
      shape[axis] = channels
      return shape
    }
    guard extent >= 2 else { return value }
    switch pick(5) {
    case 0:
      let first = 1 + pick(extent - 1)
      let sizes = [first, extent - first]
      let parts: [Value]
      if opset < 13 {
        parts = nodes(
          "Split", [value], sizes.map(shape), [Self.int("axis", axis), Self.ints("split", sizes)])
      } else {
        parts = nodes(
          "Split", [value, integers(sizes)], sizes.map(shape), [Self.int("axis", axis)])
      }
      return node(
        "Concat", [activation(parts[1]), parts[0]], value.shape, [Self.int("axis", axis)])
    case 1 where extent % 2 == 0:
      let attributes =
        [Self.int("axis", axis)] + (opset >= 18 ? [Self.int("num_outputs", 2)] : [])
      let halves = nodes("Split", [value], [shape(extent / 2), shape(extent / 2)], attributes)
      let gate = node("Sigmoid", [halves[1]], halves[1].shape)
      return node("Mul", [halves[0], gate], halves[0].shape)
    case 2:
      let start = pick(extent - 1)
      let end = start + 1 + pick(extent - start)
      return sliced(value, axis, start, min(end, extent), shape(min(end, extent) - start))
    case 3:
      let chosen = (0..<1 + pick(extent + 2)).map { _ in pick(extent) }
      return node(
        "Gather", [value, integers(chosen)], shape(chosen.count), [Self.int("axis", axis)])
    default:
      var repeats = value.shape.map { _ in 1 }
      repeats[axis] = 2
      return node("Tile", [value, integers(repeats)], shape(2 * extent))
    }
  }

  private mutating func sliced(
    _ value: Value, _ axis: Int, _ start: Int, _ end: Int, _ shape: [Int]
  ) -> Value {
    let isLast = end == value.shape[axis]
    let bound =
      isLast && pick(2) == 0 ? 1 << 40 : (pick(2) == 0 && !isLast ? end - value.shape[axis] : end)
    if opset < 10 {
      return node(
        "Slice", [value], shape,
        [Self.ints("starts", [start]), Self.ints("ends", [bound]), Self.ints("axes", [axis])])
    }
    return node(
      "Slice", [value, integers([start]), integers([bound]), integers([axis])], shape)
  }
}
