import PruneCore

/// Operators that few networks have: functions with a narrow domain, logic, sorting, positions that are computed.
extension RandomGraph {
  // MARK: Position by position

  /// A function of a narrower domain, given an argument within it.
  mutating func narrow(_ value: Value) -> Value {
    let operation = pick(
      ["Acos", "Asin", "Atanh", "Tan", "Acosh", "Log", "Reciprocal", "Sqrt"]
        + (opset >= 24 ? ["Swish"] : []))
    switch operation {
    case "Swish": return node(operation, [value], value.shape)
    case "Acos", "Asin", "Atanh", "Tan":
      let bounded = node("Tanh", [value], value.shape)
      return node(
        operation, [node("Mul", [bounded, scalar(0.7)], value.shape)], value.shape)
    default:
      let positive = node("Softplus", [value], value.shape)
      return node(
        operation, [node("Add", [positive, scalar(1.1)], value.shape)], value.shape)
    }
  }

  /// Conditions on two values, joined, that choose between them.
  mutating func chosen(_ value: Value) -> Value {
    var comparisons = ["Greater", "Less"]
    if opset >= 12 { comparisons += ["GreaterOrEqual", "LessOrEqual"] }
    let shape = value.shape
    let other = node("Sin", [value], shape)
    let first = node(pick(comparisons), [value, other], shape)
    var second = node(pick(["IsNaN"] + (opset >= 10 ? ["IsInf"] : [])), [value], shape)
    if opset >= 11, pick(2) == 0 {
      let rounded = node("Floor", [node("Sigmoid", [value], shape)], shape)
      second = node("Equal", [rounded, scalar(0)], shape)
    }
    if pick(2) == 0 { second = node("Not", [second], shape) }
    let both = node(pick(["And", "Or", "Xor"]), [first, second], shape)
    return node("Where", [both, value, other], shape)
  }

  /// A remainder, a conversion to another value's type, or a count of elements as a factor.
  mutating func converted(_ value: Value) -> Value {
    switch pick(3) {
    case 0 where opset >= 10:
      let positive = node("Softplus", [value], value.shape)
      return node("Mod", [positive, scalar(0.7)], value.shape, [Self.int("fmod", 1)])
    case 1 where opset >= 15:
      return node("CastLike", [value, scalar(1)], value.shape)
    default:
      // A scalar, which broadcasts as one element does.
      let count = node("Cast", [node("Size", [value], [1])], [1], [Self.int("to", 1)])
      let share = node("Div", [scalar(8), count], [1])
      return node("Mul", [value, share], value.shape)
    }
  }

  // MARK: Along an axis

  /// An operator that needs all of one axis and keeps the shape.
  mutating func alongAxis(_ value: Value, _ axis: Int) -> Value {
    let positive = node(
      "Add", [node("Softplus", [value], value.shape), scalar(0.5)], value.shape)
    switch pick(5) {
    case 0 where opset >= 11:
      return node("CumSum", [value, integers([axis], isScalar: true)], value.shape)
    case 1 where opset >= 11 && value.shape[axis] > 1:
      let count = integers([value.shape[axis]])
      return nodes(
        "TopK", [value, count], [value.shape, value.shape], [Self.int("axis", axis)])[0]
    case 2 where opset >= 23 && axis == value.shape.count - 1:
      return node(
        "RMSNormalization", [value, weight([value.shape[axis]], around: 1)], value.shape)
    case 3:
      let operation = pick(["ArgMax", "ArgMin"])
      var shape = value.shape
      shape[axis] = 1
      let index = node(
        operation, [value], shape, [Self.int("axis", axis), Self.int("keepdims", 1)])
      let share = node("Sigmoid", [node("Cast", [index], shape, [Self.int("to", 1)])], shape)
      return node("Mul", [value, share], value.shape)
    default:
      return node(
        "LpNormalization", [positive], value.shape, [Self.int("axis", axis), Self.int("p", 2)])
    }
  }

  /// A reduction, broadcast back.
  mutating func reduced(_ value: Value, _ axis: Int) -> Value {
    let positive = node(
      "Add", [node("Softplus", [value], value.shape), scalar(0.5)], value.shape)
    let operation = pick(["ReduceL2", "ReduceLogSum", "ReduceProd", "ReduceSum", "ReduceSumSquare"])
    let argument = operation == "ReduceLogSum" ? positive : value
    var shape = value.shape
    shape[axis] = 1
    let result = nodeWithAxes(
      operation, argument, [axis], shape, since: operation == "ReduceSum" ? 13 : 18,
      [Self.int("keepdims", 1)])
    return node("Mul", [value, node("Sigmoid", [result], shape)], value.shape)
  }

  // MARK: Computed positions

  /// Elements looked up, scattered or masked by positions that no rule follows.
  mutating func looked(_ value: Value) -> Value {
    let rank = value.shape.count
    let last = value.shape[rank - 1]
    switch pick(8) {
    case 0 where opset >= 11:
      var shape = value.shape
      shape[0] = 1
      let positions = (0..<shape.reduce(1, *)).map { _ in pick(last) }
      let indices = node(
        "Expand", [integerTensor(positions, shape), node("Shape", [value], [rank])], value.shape)
      return node(
        "GatherElements", [value, indices], value.shape, [Self.int("axis", rank - 1)])
    case 1 where opset >= 12:
      // The first position of every example, by a batch of indices that is as long as the batch.
      let table = weight([4, last])
      let found = node("GatherND", [table, integerTensor([pick(4)], [1, 1])], [1, last])
      return node("Add", [value, found], value.shape)
    case 2:
      let indices = integers([pick(last)])
      let hot = node(
        "OneHot", [indices, integers([last], isScalar: true), floats([0, 1])], [1, last])
      return node("Add", [value, hot], value.shape)
    case 3 where opset >= 11:
      let range = node(
        "Range",
        [
          integers([0], isScalar: true), integers([last], isScalar: true),
          integers([1], isScalar: true),
        ],
        [last])
      let steps = node("Cast", [range], [last], [Self.int("to", 1)])
      return node("Add", [value, node("Sin", [steps], [last])], value.shape)
    case 4:
      let flags = (0..<value.channels).map { _ in Float(pick(2)) }
      let kept = node("NonZero", [floats([1] + flags.dropFirst())], [1, flags.count])
      let positions = node("Cast", [kept], kept.shape, [Self.int("to", 1)])
      let largest = node("ReduceMax", [positions], [1], [Self.int("keepdims", 0)])
      return node("Mul", [value, node("Sigmoid", [largest], [1])], value.shape)
    case 5:
      let square = weight([last, last], scale: 0.3)
      let identity = node("EyeLike", [square], [last, last])
      let matrix = node("Add", [square, identity], [last, last])
      return node("MatMul", [value, matrix], value.shape)
    case 6: return scattered(value, last)
    default:
      guard opset >= 14 else { return value }
      let triangle = node("Trilu", [weight([last, last], scale: 0.4)], [last, last])
      return node("MatMul", [value, triangle], value.shape)
    }
  }

  private mutating func scattered(_ value: Value, _ last: Int) -> Value {
    let (data, position) = (weight([last]), pick(last))
    let update = weight([1])
    let result: Value
    if opset < 11 {
      result = node("Scatter", [data, integers([position]), update], [last])
    } else if pick(2) == 0 {
      result = node("ScatterElements", [data, integers([position]), update], [last])
    } else {
      result = node("ScatterND", [data, integerTensor([position], [1, 1]), update], [last])
    }
    return node("Add", [value, result], value.shape)
  }

  private mutating func integerTensor(_ values: [Int], _ shape: [Int]) -> Value {
    let name = name("k")
    let tensor = HostTensor(values.map { Int64($0) }, shape: shape)
    add(Initializer(name: name, tensor: tensor))
    return Value(name: name, shape: shape)
  }

  /// One of the above on a value of any rank.
  mutating func rare(_ value: Value) -> Value {
    switch pick(6) {
    case 0: return narrow(value)
    case 1: return chosen(value)
    case 2: return converted(value)
    case 3: return alongAxis(value, 1 + pick(value.shape.count - 1))
    case 4: return reduced(value, 1 + pick(value.shape.count - 1))
    default: return looked(value)
    }
  }
}
